// SPDX-License-Identifier: MIT
#include "ui/widgets/mime_sources.h"

#include "ui/contracts/media_types.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFileInfo>
#include <QImage>
#include <QMimeData>
#include <QUrl>

#include <array>

namespace phial::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("DropOverlay", text);
}

OfferedItem itemForFile(const QString& path) {
    OfferedItem item;
    item.source.path = path;
    item.name = QFileInfo(path).fileName();
    const auto kind = kindOfFile(path);
    if (QFileInfo(path).isDir()) {
        item.explanation = tr("Folders cannot be read; drop the files in it");
    } else if (!kind) {
        const QString suffix = QFileInfo(path).suffix();
        item.explanation = suffix.isEmpty()
                               ? tr("Unknown type of file; pictures and recordings can be used")
                               : tr("“.%1” files cannot be read; pictures and recordings can").arg(suffix);
    } else {
        item.accepted = true;
        item.kind = *kind;
        item.explanation = *kind == AttachmentKind::Image ? tr("Picture: ask about what it shows")
                                                          : tr("Recording: transcribe, translate or ask");
    }
    return item;
}

// A browser offers encoded data; they are kept as they are, since encoding anew costs time and
// exactness.
QByteArray encodedPicture(const QMimeData& data) {
    constexpr std::array<const char*, 6> kFormats = {"image/png",  "image/jpeg", "image/webp",
                                                     "image/gif",  "image/bmp",  "image/tiff"};
    for (const char* format : kFormats) {
        const QByteArray bytes = data.data(QString::fromLatin1(format));
        if (!bytes.isEmpty()) {
            return bytes;
        }
    }
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    qvariant_cast<QImage>(data.imageData()).save(&buffer, "PNG");
    return bytes;
}

} // namespace

QList<OfferedItem> offeredItems(const QMimeData& data, Bytes bytes) {
    QList<OfferedItem> items;
    // Picture data come before addresses: a browser offers both, and the address is not ours to open.
    const QList<QUrl> urls = data.urls();
    for (const QUrl& url : urls) {
        if (url.isLocalFile()) {
            items.append(itemForFile(url.toLocalFile()));
        }
    }
    if (items.isEmpty() && data.hasImage()) {
        OfferedItem item;
        item.accepted = true;
        item.name = tr("Picture");
        item.source.name = tr("Pasted picture");
        item.explanation = tr("Picture: ask about what it shows");
        if (bytes == Bytes::Copy) {
            item.source.bytes = encodedPicture(data);
            item.accepted = !item.source.bytes.isEmpty();
        }
        items.append(item);
    }
    if (items.isEmpty() && !urls.isEmpty()) {
        OfferedItem item;
        item.name = urls.first().toDisplayString();
        item.explanation = tr("Phial opens no network connection; save the file first");
        items.append(item);
    }
    return items;
}

QList<AttachmentSource> acceptedSources(const QList<OfferedItem>& items) {
    QList<AttachmentSource> sources;
    for (const OfferedItem& item : items) {
        if (item.accepted) {
            sources.append(item.source);
        }
    }
    return sources;
}

} // namespace phial::ui
