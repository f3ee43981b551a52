#ifndef CFUZZINGZLIB_SHIM_H
#define CFUZZINGZLIB_SHIM_H

#include <zlib.h>

#endif
