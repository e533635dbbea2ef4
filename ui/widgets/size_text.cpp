// SPDX-License-Identifier: MIT
#include "ui/widgets/size_text.h"

#include <QLocale>

namespace phial::ui {

QString sizeText(qint64 bytes) {
    const bool fewMegabytes = bytes >= 1'000'000 && bytes < 10'000'000;
    const int digits = bytes >= 1'000'000'000 ? 2 : fewMegabytes ? 1 : 0;
    return QLocale().formattedDataSize(bytes, digits, QLocale::DataSizeSIFormat);
}

} // namespace phial::ui
