// SPDX-License-Identifier: MIT
#include "app/conversation/conversation_store.h"

#include "app/conversation/conversation_json.h"
#include "inference/base/error.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QSaveFile>

namespace phial::conversation {
namespace {

constexpr auto kFileName = "conversation.json";

[[noreturn]] void fail(const QString& sentence) {
    throw Error(ErrorCode::FileUnreadable, sentence.toStdString());
}

QString folderOf(const QString& root, const QString& id) {
    return root + u'/' + id;
}

QByteArray readFile(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        fail(QStringLiteral("“%1” cannot be read: %2.").arg(path, file.errorString()));
    }
    return file.readAll();
}

void writeFile(const QString& path, const QByteArray& bytes) {
    QSaveFile file(path); // writes a temporary file, flushes it, and renames it
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        fail(QStringLiteral("“%1” cannot be written: %2. Your text is still in the window.").arg(path, file.errorString()));
    }
}

void makeFolder(const QString& path) {
    if (!QDir().mkpath(path)) {
        fail(QStringLiteral("The folder “%1” cannot be created. Your text is still in the window.").arg(path));
    }
}

Conversation readConversation(const QString& folder) {
    const QString path = folder + u'/' + QString::fromLatin1(kFileName);
    Conversation conversation = fromJson(readFile(path), path);
    for (int i = 0; i < conversation.turns().size(); ++i) {
        for (Attachment& attachment : conversation.turn(i).attachments) {
            // A name in the file must not lead out of the folder.
            if (attachment.file.contains(u'/')) {
                attachment.file.clear();
            }
            if (!attachment.file.isEmpty()) {
                attachment.view.path = folder + QStringLiteral("/attachments/") + attachment.file;
            }
        }
    }
    return conversation;
}

} // namespace

ConversationStore::ConversationStore(QString root, QObject* parent)
    : QObject(parent)
    , m_root(std::move(root)) {
    m_pool.setMaxThreadCount(1); // in order: a later state must not be overwritten by an earlier one
    m_pool.setExpiryTimeout(-1);
}

ConversationStore::~ConversationStore() {
    m_pool.waitForDone();
}

void ConversationStore::waitForWrites() {
    m_pool.waitForDone();
}

void ConversationStore::run(std::function<void()> work) {
    m_pool.start([this, work = std::move(work)] {
        try {
            work();
        } catch (const std::exception& error) {
            Q_EMIT failed(QString::fromUtf8(error.what()));
        }
    });
}

// Signals of this class are emitted on the background thread; receivers in another thread get them
// queued, and the object itself outlives the thread.
void ConversationStore::list() {
    run([this] {
        QList<Summary> summaries;
        const QStringList ids = QDir(m_root).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        for (const QString& id : ids) {
            const QString folder = folderOf(m_root, id);
            if (!QFile::exists(folder + u'/' + QString::fromLatin1(kFileName))) {
                continue;
            }
            try {
                summaries.append(summaryOf(readConversation(folder)));
            } catch (const Error& error) {
                Q_EMIT failed(QString::fromUtf8(error.what())); // the others are still of use
            }
        }
        Q_EMIT listed(summaries);
    });
}

void ConversationStore::load(const QString& id) {
    run([this, id] { Q_EMIT loaded(readConversation(folderOf(m_root, id))); });
}

void ConversationStore::save(const Conversation& conversation) {
    run([this, conversation] {
        const QString folder = folderOf(m_root, conversation.id);
        makeFolder(folder);
        writeFile(folder + u'/' + QString::fromLatin1(kFileName), toJson(conversation));
    });
}

void ConversationStore::rename(const QString& id, const QString& title) {
    run([this, id, title] {
        const QString folder = folderOf(m_root, id);
        Conversation conversation = readConversation(folder);
        conversation.title = title;
        writeFile(folder + u'/' + QString::fromLatin1(kFileName), toJson(conversation));
        Q_EMIT renamed(summaryOf(conversation));
    });
}

void ConversationStore::storeAttachment(const QString& conversationId, const QString& attachmentId,
                                        const QString& suffix, Bytes bytes) {
    run([this, conversationId, attachmentId, suffix, bytes = std::move(bytes)] {
        const QByteArray content = bytes();
        const QString hash = QString::fromLatin1(
            QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex());
        const QString file = suffix.isEmpty() ? hash : hash + u'.' + suffix;
        const QString folder = folderOf(m_root, conversationId) + QStringLiteral("/attachments");
        makeFolder(folder);
        const QString path = folder + u'/' + file;
        if (!QFile::exists(path)) {
            writeFile(path, content);
        }
        Q_EMIT attachmentStored(conversationId, attachmentId, file);
    });
}

void ConversationStore::remove(const QString& id) {
    run([this, id] {
        makeFolder(m_root + QStringLiteral("/trash"));
        if (!QDir().rename(folderOf(m_root, id), folderOf(m_root + QStringLiteral("/trash"), id))) {
            fail(QStringLiteral("The conversation in “%1” cannot be moved to the trash folder.").arg(folderOf(m_root, id)));
        }
    });
}

void ConversationStore::restore(const QString& id) {
    run([this, id] {
        if (!QDir().rename(folderOf(m_root + QStringLiteral("/trash"), id), folderOf(m_root, id))) {
            fail(QStringLiteral("The conversation cannot be brought back from “%1”.").arg(m_root + QStringLiteral("/trash")));
        }
        Q_EMIT loaded(readConversation(folderOf(m_root, id)));
    });
}

QString ConversationStore::attachmentPath(const QString& conversationId, const QString& file) const {
    return folderOf(m_root, conversationId) + QStringLiteral("/attachments/") + file;
}

} // namespace phial::conversation
