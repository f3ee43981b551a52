#ifndef COUTPUTBUFFERINGZSTD_SHIM_H
#define COUTPUTBUFFERINGZSTD_SHIM_H

#include <zstd.h>
#include <zstd_errors.h>

/* ZSTD_compressStream2 and its parameters are stable since then. */
#if ZSTD_VERSION_NUMBER < 10400
#error "zstd 1.4.0 or later is needed"
#endif

#endif
