/* Stands in for miniaudio, which Debian does not package. Ollama reads sound files with it; here every call fails. */
#ifndef GAUNTLET_MINIAUDIO_H
#define GAUNTLET_MINIAUDIO_H
#include <stddef.h>
typedef int ma_result;
typedef unsigned int ma_uint32;
typedef unsigned long long ma_uint64;
typedef enum { ma_format_unknown = 0, ma_format_f32 = 5 } ma_format;
typedef struct { ma_format format; ma_uint32 channels; ma_uint32 sampleRate; } ma_decoder_config;
typedef struct { ma_uint32 outputSampleRate; ma_uint32 outputChannels; } ma_decoder;
#define MA_SUCCESS 0
#define MA_NOT_IMPLEMENTED (-29)
static inline ma_decoder_config ma_decoder_config_init(ma_format f, ma_uint32 c, ma_uint32 r) { ma_decoder_config k = {f, c, r}; return k; }
static inline ma_result ma_decoder_init_memory(const void *d, size_t n, const ma_decoder_config *k, ma_decoder *o) { (void)d; (void)n; (void)k; (void)o; return MA_NOT_IMPLEMENTED; }
static inline ma_result ma_decoder_get_length_in_pcm_frames(ma_decoder *o, ma_uint64 *n) { (void)o; *n = 0; return MA_NOT_IMPLEMENTED; }
static inline ma_result ma_decoder_read_pcm_frames(ma_decoder *o, void *b, ma_uint64 n, ma_uint64 *r) { (void)o; (void)b; (void)n; if (r) *r = 0; return MA_NOT_IMPLEMENTED; }
static inline ma_result ma_decoder_uninit(ma_decoder *o) { (void)o; return MA_SUCCESS; }
#endif
