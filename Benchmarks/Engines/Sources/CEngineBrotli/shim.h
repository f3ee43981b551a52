#include <stdint.h>
#include <brotli/encode.h>
