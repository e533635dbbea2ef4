// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/attachment_view.h"

#include <QList>
#include <QString>

class QMimeData;

namespace phial::ui {

/// One thing that is being dragged or pasted, and what would become of it.
struct OfferedItem {
    AttachmentSource source;
    QString name;
    bool accepted = false;
    AttachmentKind kind = AttachmentKind::Image;
    QString explanation; ///< "Will be looked at", or why it cannot be used
};

/// Files and picture data in `data`, without reading any file. Addresses that are not local files
/// are refused: Phial fetches nothing. With `withBytes` picture data are copied into the sources.
enum class Bytes { Leave, Copy };
QList<OfferedItem> offeredItems(const QMimeData& data, Bytes bytes);

/// The accepted ones.
QList<AttachmentSource> acceptedSources(const QList<OfferedItem>& items);

} // namespace phial::ui
