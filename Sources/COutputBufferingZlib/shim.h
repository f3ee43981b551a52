#ifndef COUTPUTBUFFERINGZLIB_SHIM_H
#define COUTPUTBUFFERINGZLIB_SHIM_H

#include <stdlib.h>
#include <zlib.h>

#endif
