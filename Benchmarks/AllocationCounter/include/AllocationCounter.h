#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

/// The number of allocations that the calling thread has made since it began.
///
/// Counts malloc, calloc, realloc, posix_memalign and aligned_alloc; 0 where the C library isn't glibc.
uint64_t allocation_count(void);

#endif
