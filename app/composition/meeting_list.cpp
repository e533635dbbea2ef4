// SPDX-License-Identifier: MIT
#include "app/composition/meeting_list.h"

#include "inference/base/clock_text.h"
#include "ui/contracts/message_view.h"

#include <algorithm>

namespace phial::app {

MeetingList::MeetingList(QObject* parent)
    : QAbstractListModel(parent) {}

int MeetingList::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_meetings.size());
}

QVariant MeetingList::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const MeetingSummary& meeting = m_meetings[index.row()];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        return meeting.title;
    case Qt::AccessibleTextRole:
        return tr("Meeting %1").arg(meeting.title);
    case ui::ConversationIdRole:
        return meeting.id;
    case ui::UpdatedRole:
        return meeting.created;
    case ui::ItemKindRole:
        return static_cast<int>(ui::ItemKind::Meeting);
    case ui::ItemDetailRole:
        return meeting.seconds > 0 ? QString::fromStdString(clockText(meeting.seconds)) : QString();
    default:
        return {};
    }
}

int MeetingList::rowOf(const QString& id) const {
    const auto found = std::find_if(m_meetings.begin(), m_meetings.end(),
                                    [&id](const MeetingSummary& one) { return one.id == id; });
    return found == m_meetings.end() ? -1 : static_cast<int>(found - m_meetings.begin());
}

void MeetingList::setAll(QList<MeetingSummary> meetings) {
    beginResetModel();
    m_meetings = std::move(meetings);
    endResetModel();
}

void MeetingList::update(const MeetingSummary& meeting) {
    if (const int row = rowOf(meeting.id); row >= 0) {
        m_meetings[row] = meeting;
        Q_EMIT dataChanged(index(row), index(row));
        return;
    }
    beginInsertRows({}, 0, 0);
    m_meetings.prepend(meeting);
    endInsertRows();
}

void MeetingList::remove(const QString& id) {
    if (const int row = rowOf(id); row >= 0) {
        beginRemoveRows({}, row, row);
        m_meetings.removeAt(row);
        endRemoveRows();
    }
}

const MeetingSummary* MeetingList::find(const QString& id) const {
    const int row = rowOf(id);
    return row < 0 ? nullptr : &m_meetings[row];
}

} // namespace phial::app
