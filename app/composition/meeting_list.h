// SPDX-License-Identifier: MIT
#pragma once

#include <QAbstractListModel>
#include <QDateTime>
#include <QList>
#include <QString>

namespace phial::app {

/// What the sidebar shows of a meeting.
struct MeetingSummary {
    QString id; ///< name of its folder
    QString title;
    QDateTime created;
    double seconds = 0;
    bool live = false; ///< is being recorded; `seconds` grows
};

/// All meetings, newest first; ConversationRoles of ui/contracts/message_view.h. GUI thread.
class MeetingList : public QAbstractListModel {
    Q_OBJECT

public:
    explicit MeetingList(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    void setAll(QList<MeetingSummary> meetings);
    void update(const MeetingSummary& meeting); ///< adds or changes one
    void remove(const QString& id);
    /// How long the one that is being recorded is by now. Unknown ids are ignored.
    void setRecorded(const QString& id, double seconds);
    /// Null when there is none.
    const MeetingSummary* find(const QString& id) const;

private:
    int rowOf(const QString& id) const;

    QList<MeetingSummary> m_meetings;
};

} // namespace phial::app
