// SPDX-License-Identifier: MIT
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

// What is used of FFmpeg's container and codec libraries. They bring about a hundred others with
// them, which cost 40 ms of every start (2026-11-25) when they are linked; so they are loaded with
// the first sound file. Within this namespace their functions have their usual names and types.
#define PHIAL_FFMPEG_FUNCTIONS(F)                                                                  \
    F(av_find_best_stream)                                                                         \
    F(av_packet_alloc)                                                                             \
    F(av_packet_free)                                                                              \
    F(av_packet_unref)                                                                             \
    F(av_read_frame)                                                                               \
    F(av_seek_frame)                                                                               \
    F(avcodec_alloc_context3)                                                                      \
    F(avcodec_find_decoder)                                                                        \
    F(avcodec_free_context)                                                                        \
    F(avcodec_flush_buffers)                                                                       \
    F(avcodec_get_name)                                                                            \
    F(avcodec_open2)                                                                               \
    F(avcodec_parameters_to_context)                                                               \
    F(avcodec_receive_frame)                                                                       \
    F(avcodec_send_packet)                                                                         \
    F(avformat_alloc_context)                                                                      \
    F(avformat_close_input)                                                                        \
    F(avformat_find_stream_info)                                                                   \
    F(avformat_open_input)                                                                         \
    F(avio_alloc_context)                                                                          \
    F(avio_context_free)                                                                           \
    F(avio_read)                                                                                   \
    F(avio_seek)

namespace phial::documents {

#define PHIAL_DECLARE(name) extern decltype(&::name) name;
PHIAL_FFMPEG_FUNCTIONS(PHIAL_DECLARE)
#undef PHIAL_DECLARE

/// Must have returned before any of the functions is called. Any thread, as often as wanted. Throws
/// Error{FileUnreadable} when the libraries are not installed.
void loadFfmpeg();

} // namespace phial::documents
