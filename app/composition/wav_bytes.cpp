// SPDX-License-Identifier: MIT
#include "app/composition/wav_bytes.h"

#include <QDataStream>
#include <QIODevice>

#include <cstring>

namespace phial::app {

QByteArray wavBytes(const AudioClip& clip) {
    constexpr quint16 kFloatFormat = 3;
    constexpr quint16 kBytesPerSample = 4;
    const auto channels = static_cast<quint16>(clip.channels);
    const auto rate = static_cast<quint32>(clip.sampleRateHz);
    const auto dataBytes = static_cast<quint32>(clip.samples.size() * kBytesPerSample);
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out.setByteOrder(QDataStream::LittleEndian);
    const auto tag = [&out](const char* text) { out.writeRawData(text, 4); };
    tag("RIFF");
    out << quint32{36 + dataBytes};
    tag("WAVE");
    tag("fmt ");
    out << quint32{16} << kFloatFormat << channels << rate << rate * channels * kBytesPerSample
        << static_cast<quint16>(channels * kBytesPerSample) << quint16{8 * kBytesPerSample};
    tag("data");
    out << dataBytes;
    static_assert(sizeof(float) == kBytesPerSample);
    if constexpr (QSysInfo::ByteOrder == QSysInfo::LittleEndian) {
        const auto header = bytes.size();
        bytes.resize(header + static_cast<qsizetype>(dataBytes));
        std::memcpy(bytes.data() + header, clip.samples.data(), dataBytes);
    } else {
        out.setFloatingPointPrecision(QDataStream::SinglePrecision);
        for (const float sample : clip.samples) {
            out << sample;
        }
    }
    return bytes;
}

} // namespace phial::app
