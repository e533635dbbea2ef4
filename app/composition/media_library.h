// SPDX-License-Identifier: MIT
#pragma once

#include "app/conversation/conversation.h"
#include "inference/preprocess/media.h"

#include <QHash>
#include <QObject>
#include <QThreadPool>

#include <functional>
#include <memory>

namespace phial::app {

/// A decoded picture or recording. Shared because the draft, requests and the store use the same
/// samples at the same time.
struct Medium {
    std::shared_ptr<const Image> image;
    std::shared_ptr<const AudioClip> clip;
};

/// Reads what the user drops, pastes, chooses or records, on background threads, and keeps the
/// decoded media while they may be asked about. Owns the draft: the chips of the composer. GUI
/// thread; returns at once everywhere.
class MediaLibrary : public QObject {
    Q_OBJECT

public:
    /// Asks the model what a medium costs; `answer` may never be called (no model yet).
    using Counter = std::function<void(const Medium&, std::function<void(int)> answer)>;

    explicit MediaLibrary(Counter counter, QObject* parent = nullptr);
    ~MediaLibrary() override;

    /// Begins to read; the chip appears at once. Returns its id.
    QString add(const ui::AttachmentSource& source);
    QString addRecording(std::shared_ptr<const AudioClip> clip);
    void removeFromDraft(const QString& id);

    QList<ui::AttachmentView> draft() const;

    /// Puts the attachments of an earlier question into the draft again (its media stay shared).
    void addToDraft(const QList<ui::AttachmentView>& views);

    /// Takes chips out of the draft, in the given order; their media are kept.
    QList<ui::AttachmentView> take(const QStringList& ids);

    /// Media of an attachment, if it is decoded.
    Medium medium(const QString& id) const { return m_media.value(id); }

    /// Decodes what is missing from the stored files, then calls `then` with a sentence for the
    /// first that cannot be read, or an empty string.
    void ensure(const QList<ui::AttachmentView>& attachments, std::function<void(const QString&)> then);

    /// The bytes to store of an attachment, and the suffix of their file; for the background thread.
    std::function<QByteArray()> bytesToStore(const QString& id) const;
    QString suffixOf(const QString& id) const;

    void recount(); ///< another model counts differently

Q_SIGNALS:
    void draftChanged();

private:
    struct Decoded {
        Medium medium;
        ui::AttachmentView view;
    };

    void finish(const QString& id, const Decoded& decoded);
    void count(const QString& id);
    ui::AttachmentView* find(const QString& id);
    static Decoded decode(ui::AttachmentView view, const ui::AttachmentSource& source);

    Counter m_counter;
    QList<ui::AttachmentView> m_draft;
    QHash<QString, Medium> m_media;
    QHash<QString, ui::AttachmentSource> m_sources;
    int m_recordings = 0;
    QThreadPool m_pool; // last member: waited for before anything it uses dies
};

} // namespace phial::app
