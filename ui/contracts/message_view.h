// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/attachment_view.h"

#include <QDateTime>
#include <QList>
#include <QMetaType>
#include <QString>

namespace phial::ui {

enum class Author { User, Assistant };

/// What was asked for. Answers carry the action of the question they answer, so that transcripts
/// and translations can look different from a chat answer.
enum class Action {
    Ask,        ///< free question or spoken question
    Transcribe, ///< the words of a recording, in its own language
    Translate,  ///< the words of a recording, or the text, in another language
};

enum class MessageState {
    Waiting,   ///< an answer that has not begun (model loading, prompt being read)
    Streaming, ///< text is being appended
    Done,
    Stopped,     ///< ended by the user; the text so far is kept
    Shortened,   ///< ended by a token limit or a full context; `note` says which
    Interrupted, ///< the program ended before the answer did (found on disk)
    Failed,      ///< `note` holds one sentence why; `text` may hold what came before
};

/// One row of the conversation model, complete. Large only by its text, which is shared.
struct MessageView {
    QString id;
    Author author = Author::User;
    Action action = Action::Ask;
    MessageState state = MessageState::Done;
    QString text;        ///< user: plain text; assistant: Markdown
    QString language;    ///< target language code of a translation
    QString note;        ///< see MessageState
    QString stats;       ///< "12 tokens · 8.1 tokens/s", or empty
    QList<int> tokenIds; ///< of a finished answer, exactly as the model wrote it; may be empty
    QDateTime time;
    QList<AttachmentView> attachments;
    int variant = 0; ///< index of the shown variant (regenerated answer, edited question)
    int variants = 1;
};

/// Roles of a conversation model (a QAbstractListModel, one row per shown message, oldest first).
/// While an answer streams, dataChanged names TextRole and, when it changes, StateRole; TextRole
/// then only grows. Qt::DisplayRole is the text, for accessibility and search.
enum MessageRoles {
    IdRole = Qt::UserRole + 1, ///< QString
    TextRole,                  ///< QString
    StateRole,                 ///< int(MessageState)
    ViewRole,                  ///< MessageView
};

/// What a row of the sidebar is.
enum class ItemKind { Chat, Meeting };

/// Roles of the lists of conversations and of meetings (one row each). Qt::DisplayRole is the
/// title.
enum ConversationRoles {
    ConversationIdRole = Qt::UserRole + 1, ///< QString
    UpdatedRole,                           ///< QDateTime of the last turn, start of a meeting
    SnippetRole,                           ///< QString, one line of the last turn, may be empty
    ItemKindRole,                          ///< int(ItemKind); nothing = Chat
    ItemDetailRole,                        ///< QString, short ("18:29 · 47:03"), may be empty
    ItemLiveRole,                          ///< bool: is being recorded now
};

} // namespace phial::ui

Q_DECLARE_METATYPE(phial::ui::MessageView)
