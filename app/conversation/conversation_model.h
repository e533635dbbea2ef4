// SPDX-License-Identifier: MIT
#pragma once

#include "app/conversation/conversation.h"

#include <QAbstractListModel>

namespace phial::conversation {

/// The shown path of one conversation as rows, with the roles of ui/contracts/message_view.h. Owns
/// the conversation. GUI thread.
class ConversationModel : public QAbstractListModel {
    Q_OBJECT

public:
    explicit ConversationModel(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    const Conversation& conversation() const { return m_conversation; }

    void setConversation(Conversation conversation);
    void setTitle(const QString& title);

    /// Adds at the end of the shown path; returns the turn's id.
    QString append(Turn turn);

    /// Adds beside an existing turn, as another variant of it, and shows that.
    QString appendVariant(const QString& ofTurn, Turn turn);

    void showVariant(const QString& turnId, int step); ///< step: -1 previous, 1 next

    // The rest changes one turn; unknown ids are ignored, since a turn's conversation may have been
    // closed before its answer came.
    void appendText(const QString& turnId, const QString& text);

    struct Ending {
        ui::MessageState state = ui::MessageState::Done;
        QString note;
        QString stats;
        QList<int> tokenIds; ///< of a finished answer
    };

    void setState(const QString& turnId, const Ending& ending);
    void setAttachmentFile(const QString& attachmentId, const QString& file, const QString& path);

private:
    ui::MessageView viewOf(int turnIndex) const;
    void changePath(const QList<int>& path);
    void changed(int turnIndex, const QList<int>& roles);

    Conversation m_conversation;
    QList<int> m_path;
};

} // namespace phial::conversation
