#ifndef COUTPUTBUFFERINGISAL_SHIM_H
#define COUTPUTBUFFERINGISAL_SHIM_H

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

/// The working memory that a level wants, in bytes: its tables and 16 Ki tokens.
///
/// More tokens save neither time nor bytes (measured up to 100 KiB), and fewer cost both.
static inline uint32_t output_buffering_isal_level_buffer_byte_count(uint32_t level) {
  switch (level) {
    case 1: return ISAL_DEF_LVL1_SMALL;
    case 2: return ISAL_DEF_LVL2_SMALL;
    default: return ISAL_DEF_LVL3_SMALL;
  }
}

#endif
