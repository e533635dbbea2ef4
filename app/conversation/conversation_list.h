// SPDX-License-Identifier: MIT
#pragma once

#include "app/conversation/conversation.h"

#include <QAbstractListModel>

namespace phial::conversation {

/// What the list of conversations shows of one.
struct Summary {
    QString id;
    QString title;
    QString snippet;
    QDateTime updated;
};

Summary summaryOf(const Conversation& conversation);

/// All conversations, the one used last first; roles of ui/contracts/message_view.h. GUI thread.
class ConversationList : public QAbstractListModel {
    Q_OBJECT

public:
    explicit ConversationList(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    void setAll(QList<Summary> summaries);
    void update(const Summary& summary); ///< adds or changes one, and sorts it in
    void remove(const QString& id);
    QString titleOf(const QString& id) const;

private:
    int rowOf(const QString& id) const;

    QList<Summary> m_summaries;
};

} // namespace phial::conversation
