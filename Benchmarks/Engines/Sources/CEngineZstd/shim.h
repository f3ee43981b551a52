#include <stdint.h>
#include <zstd.h>
