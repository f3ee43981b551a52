#include <stdint.h>
#include <zlib.h>
