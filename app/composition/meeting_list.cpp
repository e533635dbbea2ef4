// SPDX-License-Identifier: MIT
#include "app/composition/meeting_list.h"

#include "inference/base/clock_text.h"
#include "ui/contracts/message_view.h"

#include <QLocale>

#include <algorithm>

namespace phial::app {
namespace {

/// When and how long. The list has heads for today and yesterday; further back the day is told.
QString detailOf(const MeetingSummary& meeting) {
    const QString length = QString::fromStdString(clockText(meeting.seconds));
    if (meeting.live) {
        return MeetingList::tr("Recording · %1").arg(length);
    }
    const qint64 days = meeting.created.date().daysTo(QDate::currentDate());
    QString when;
    if (meeting.created.isValid()) {
        QString clock = QLocale().timeFormat(QLocale::ShortFormat);
        clock.remove(QStringLiteral(":ss")); // of the locale C
        when = days <= 1 ? QLocale().toString(meeting.created.time(), clock)
                         : QLocale().toString(meeting.created.date(), QStringLiteral("d MMM"));
    }
    return meeting.seconds <= 0 ? when
           : when.isEmpty()     ? length
                                : QStringLiteral("%1 · %2").arg(when, length);
}

} // namespace

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
        return meeting.live ? tr("Meeting %1, is being recorded").arg(meeting.title)
                            : tr("Meeting %1").arg(meeting.title);
    case ui::ConversationIdRole:
        return meeting.id;
    case ui::UpdatedRole:
        return meeting.created;
    case ui::ItemKindRole:
        return static_cast<int>(ui::ItemKind::Meeting);
    case ui::ItemDetailRole:
        return detailOf(meeting);
    case ui::ItemLiveRole:
        return meeting.live;
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

void MeetingList::setRecorded(const QString& id, double seconds) {
    const int row = rowOf(id);
    if (row >= 0 && static_cast<int>(m_meetings[row].seconds) != static_cast<int>(seconds)) {
        m_meetings[row].seconds = seconds;
        Q_EMIT dataChanged(index(row), index(row), {ui::ItemDetailRole});
    }
}

const MeetingSummary* MeetingList::find(const QString& id) const {
    const int row = rowOf(id);
    return row < 0 ? nullptr : &m_meetings[row];
}

} // namespace phial::app
