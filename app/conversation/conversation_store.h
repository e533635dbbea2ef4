// SPDX-License-Identifier: MIT
#pragma once

#include "app/conversation/conversation_list.h"

#include <QObject>
#include <QThreadPool>

#include <functional>

namespace phial::conversation {

/// Conversations on disk: `<root>/<id>/conversation.json` and `<root>/<id>/attachments/`. Files are
/// written beside the old one, flushed and renamed, so that a crash leaves the old or the new one.
/// Deleting moves to `<root>/trash/`. All work is done on one background thread, in order; all
/// functions return at once and all signals come in the thread of the object. The destructor waits
/// for what is still to be written.
class ConversationStore : public QObject {
    Q_OBJECT

public:
    explicit ConversationStore(QString root, QObject* parent = nullptr);
    ~ConversationStore() override;

    /// Reads all titles; ends in listed().
    void list();
    /// Ends in loaded() or failed().
    void load(const QString& id);
    void save(const Conversation& conversation);
    void rename(const QString& id, const QString& title); ///< ends in renamed() or failed()

    /// Where the bytes of an attachment come from; called on the background thread.
    using Bytes = std::function<QByteArray()>;
    /// Keeps a copy of an attachment, so that the conversation stays whole when the original moves.
    /// Ends in attachmentStored() or failed().
    void storeAttachment(const QString& conversationId, const QString& attachmentId,
                         const QString& suffix, Bytes bytes);

    void remove(const QString& id);
    void restore(const QString& id); ///< undoes remove(); ends in loaded() or failed()

    QString attachmentPath(const QString& conversationId, const QString& file) const;
    void waitForWrites();

Q_SIGNALS:
    void listed(const QList<phial::conversation::Summary>& summaries);
    void loaded(const phial::conversation::Conversation& conversation);
    void attachmentStored(const QString& conversationId, const QString& attachmentId, const QString& file);
    void renamed(const phial::conversation::Summary& summary);
    /// One sentence: what could not be read or written, and why.
    void failed(const QString& sentence);

private:
    void run(std::function<void()> work);

    QString m_root;
    QThreadPool m_pool; // last member: its destructor waits before anything it uses dies
};

} // namespace phial::conversation

Q_DECLARE_METATYPE(phial::conversation::Conversation)
