#ifndef COUTPUTBUFFERINGBROTLI_SHIM_H
#define COUTPUTBUFFERINGBROTLI_SHIM_H

#include <brotli/encode.h>
#include <stdlib.h>

#endif
