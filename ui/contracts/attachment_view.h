// SPDX-License-Identifier: MIT
#pragma once

#include <QByteArray>
#include <QList>
#include <QMetaType>
#include <QString>

namespace phial::ui {

enum class AttachmentKind { Image, Audio };
enum class AttachmentState {
    Reading, ///< being decoded; name and kind are known, nothing else
    Ready,
    Problem, ///< cannot be used; `problem` says why in one sentence
};

/// A picture or recording as the composer's chips and the conversation show it. A value; the media
/// themselves stay in the application.
struct AttachmentView {
    QString id;                                     ///< unique in the running program
    AttachmentKind kind = AttachmentKind::Image;    //
    AttachmentState state = AttachmentState::Ready; //
    QString name;          ///< file name, or a made-up one ("Recording 1", "Pasted picture")
    QString detail;        ///< "1280 × 720 · 214 kB" or "0:12 · 380 kB"; may be empty
    QByteArray thumbnail;  ///< pictures: encoded PNG or JPEG, at most 256 pixels on the long side
    QList<float> peaks;    ///< recordings: 24 to 64 peak levels in [0, 1] over the whole length
    qint64 durationMs = 0; ///< recordings
    int tokens = -1;       ///< cost in the prompt; -1 = not known (yet)
    QString problem;
    QString path; ///< file to open with another program; empty if there is none

    bool operator==(const AttachmentView&) const = default;
};

/// Something the user dropped, pasted or chose; exactly one of `path` and `bytes` is set.
struct AttachmentSource {
    QString path;     ///< a local file
    QByteArray bytes; ///< encoded picture data from the clipboard or another program
    QString name;     ///< name to show for `bytes`
};

} // namespace phial::ui

Q_DECLARE_METATYPE(phial::ui::AttachmentView)
Q_DECLARE_METATYPE(phial::ui::AttachmentSource)
