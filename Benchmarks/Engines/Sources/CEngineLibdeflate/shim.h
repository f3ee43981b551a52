#include <stdint.h>
#include <libdeflate.h>
