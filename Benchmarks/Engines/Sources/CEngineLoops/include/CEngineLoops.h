#ifndef CENGINELOOPS_H
#define CENGINELOOPS_H

#include <stddef.h>
#include <stdint.h>

/// A library as a program in C uses it: its state is made once if it can be reset, and gzip's engines write header and
/// trailer themselves.
typedef struct engine_loop engine_loop;

enum engine_loop_kind {
  ENGINE_LOOP_ZLIB, ENGINE_LOOP_LIBDEFLATE, ENGINE_LOOP_ISAL, ENGINE_LOOP_ZSTD, ENGINE_LOOP_BROTLI
};

/// Makes the state of an engine at one of its own levels; null where it has no such level.
engine_loop *engine_loop_make(enum engine_loop_kind kind, int level);
void engine_loop_free(engine_loop *loop);

/// Codes a whole body by one call and returns the length of the member, 0 for a failure.
size_t engine_loop_code(engine_loop *loop, const uint8_t *body, size_t count, uint8_t *output, size_t capacity);

/// Codes a body in pieces of a length, with a flush after each, or none; 0 for any but zlib and ISA-L.
size_t engine_loop_code_pieces(engine_loop *loop, const uint8_t *body, size_t count, size_t piece, int flushes,
                               uint8_t *output, size_t capacity);

/// The time that this thread has had a processor, in ns.
uint64_t engine_loop_cpu_nanoseconds(void);

#endif
