#include "CEngineLoops.h"

#include <brotli/encode.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>
#include <zstd.h>

struct engine_loop {
  enum engine_loop_kind kind;
  z_stream zlib;
  struct libdeflate_compressor *libdeflate;
  struct isal_zstream *isal;
  ZSTD_CCtx *zstd;
  int level;
};

static uint32_t level_buffer_size(int level) {
  switch (level) {
    case 0: return 0;
    case 1: return ISAL_DEF_LVL1_SMALL;
    case 2: return ISAL_DEF_LVL2_SMALL;
    default: return ISAL_DEF_LVL3_SMALL;
  }
}

engine_loop *engine_loop_make(enum engine_loop_kind kind, int level) {
  engine_loop *loop = calloc(1, sizeof *loop);
  loop->kind = kind;
  loop->level = level;
  switch (kind) {
    case ENGINE_LOOP_ZLIB:
      if (level <= 9 && deflateInit2(&loop->zlib, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK) {
        return loop;
      }
      break;
    case ENGINE_LOOP_LIBDEFLATE:
      loop->libdeflate = libdeflate_alloc_compressor(level);
      if (loop->libdeflate) return loop;
      break;
    case ENGINE_LOOP_ISAL:
      if (level > ISAL_DEF_MAX_LEVEL) break;
      loop->isal = calloc(1, sizeof *loop->isal);
      isal_deflate_init(loop->isal);
      loop->isal->level = (uint32_t)level;
      loop->isal->level_buf_size = level_buffer_size(level);
      loop->isal->level_buf = calloc(1, loop->isal->level_buf_size + 1);
      return loop;
    case ENGINE_LOOP_ZSTD:
      loop->zstd = ZSTD_createCCtx();
      if (loop->zstd) {
        ZSTD_CCtx_setParameter(loop->zstd, ZSTD_c_compressionLevel, level);
        return loop;
      }
      break;
    case ENGINE_LOOP_BROTLI:
      return loop;
  }
  free(loop);
  return NULL;
}

void engine_loop_free(engine_loop *loop) {
  if (loop->kind == ENGINE_LOOP_ZLIB) deflateEnd(&loop->zlib);
  if (loop->libdeflate) libdeflate_free_compressor(loop->libdeflate);
  if (loop->isal) {
    free(loop->isal->level_buf);
    free(loop->isal);
  }
  ZSTD_freeCCtx(loop->zstd);
  free(loop);
}

// Brotli's state can't be reset. The parameters are those of `.brotli(quality:)` for a text of known length.
static size_t brotli_code(int quality, const uint8_t *body, size_t count, uint8_t *output, size_t capacity) {
  BrotliEncoderState *state = BrotliEncoderCreateInstance(NULL, NULL, NULL);
  if (!state) return 0;
  BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, (uint32_t)quality);
  BrotliEncoderSetParameter(state, BROTLI_PARAM_LGWIN, 18);
  BrotliEncoderSetParameter(state, BROTLI_PARAM_LGBLOCK, 16);
  BrotliEncoderSetParameter(state, BROTLI_PARAM_MODE, BROTLI_MODE_TEXT);
  BrotliEncoderSetParameter(state, BROTLI_PARAM_SIZE_HINT, (uint32_t)count);
  size_t room = capacity;
  int is_coded =
      BrotliEncoderCompressStream(state, BROTLI_OPERATION_FINISH, &count, &body, &room, &output, NULL) != 0 &&
      BrotliEncoderIsFinished(state) != 0;
  BrotliEncoderDestroyInstance(state);
  return is_coded ? capacity - room : 0;
}

size_t engine_loop_code(engine_loop *loop, const uint8_t *body, size_t count, uint8_t *output, size_t capacity) {
  switch (loop->kind) {
    case ENGINE_LOOP_ZLIB:
      return engine_loop_code_pieces(loop, body, count, count, 0, output, capacity);
    case ENGINE_LOOP_LIBDEFLATE:
      return libdeflate_gzip_compress(loop->libdeflate, body, count, output, capacity);
    case ENGINE_LOOP_ISAL:
      isal_deflate_reset(loop->isal);
      loop->isal->gzip_flag = IGZIP_GZIP;
      loop->isal->flush = NO_FLUSH;
      loop->isal->end_of_stream = 1;
      loop->isal->next_in = (uint8_t *)body;
      loop->isal->avail_in = (uint32_t)count;
      loop->isal->next_out = output;
      loop->isal->avail_out = (uint32_t)capacity;
      if (isal_deflate_stateless(loop->isal) != COMP_OK) return 0;
      return capacity - loop->isal->avail_out;
    case ENGINE_LOOP_ZSTD: {
      size_t result = ZSTD_compress2(loop->zstd, output, capacity, body, count);
      return ZSTD_isError(result) ? 0 : result;
    }
    case ENGINE_LOOP_BROTLI:
      return brotli_code(loop->level, body, count, output, capacity);
  }
  return 0;
}

size_t engine_loop_code_pieces(engine_loop *loop, const uint8_t *body, size_t count, size_t piece, int flushes,
                               uint8_t *output, size_t capacity) {
  int is_zlib = loop->kind == ENGINE_LOOP_ZLIB;
  if (!is_zlib && loop->kind != ENGINE_LOOP_ISAL) return 0;
  if (is_zlib) {
    deflateReset(&loop->zlib);
    loop->zlib.next_out = output;
    loop->zlib.avail_out = (uInt)capacity;
  } else {
    isal_deflate_reset(loop->isal);
    loop->isal->gzip_flag = IGZIP_GZIP;
    loop->isal->end_of_stream = 0;
    loop->isal->next_out = output;
    loop->isal->avail_out = (uint32_t)capacity;
  }
  for (size_t position = 0; position < count; position += piece) {
    size_t length = count - position < piece ? count - position : piece;
    int is_last = position + length == count;
    if (is_zlib) {
      loop->zlib.next_in = (Bytef *)(body + position);
      loop->zlib.avail_in = (uInt)length;
      int code = deflate(&loop->zlib, is_last ? Z_FINISH : flushes ? Z_SYNC_FLUSH : Z_NO_FLUSH);
      if (is_last && code != Z_STREAM_END) return 0;
    } else {
      loop->isal->next_in = (uint8_t *)(body + position);
      loop->isal->avail_in = (uint32_t)length;
      loop->isal->flush = flushes && !is_last ? SYNC_FLUSH : NO_FLUSH;
      loop->isal->end_of_stream = (uint16_t)is_last;
      if (isal_deflate(loop->isal) != COMP_OK) return 0;
    }
  }
  return capacity - (is_zlib ? loop->zlib.avail_out : loop->isal->avail_out);
}

uint64_t engine_loop_cpu_nanoseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}
