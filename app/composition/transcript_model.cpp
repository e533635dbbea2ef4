// SPDX-License-Identifier: MIT
#include "app/composition/transcript_model.h"

#include "inference/base/clock_text.h"

#include <algorithm>

namespace phial::app {

TranscriptModel::TranscriptModel(QObject* parent)
    : QAbstractListModel(parent) {}

int TranscriptModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

QVariant TranscriptModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid)) {
        return {};
    }
    const ui::LineView& line = m_lines[index.row()];
    switch (role) {
    case ui::LineRole:
        return QVariant::fromValue(line);
    case Qt::DisplayRole: {
        QStringList parts{QString::fromStdString(clockText(line.start))};
        if (!line.speaker.isEmpty()) {
            parts.append(line.speaker);
        }
        parts.append(line.text);
        if (!line.translation.isEmpty()) {
            parts.append(line.translation);
        }
        if (line.doubtful()) {
            parts.append(tr("doubtful"));
        }
        return parts.join(QStringLiteral(", "));
    }
    default:
        return {};
    }
}

void TranscriptModel::reset(QList<ui::LineView> lines) {
    beginResetModel();
    m_lines = std::move(lines);
    endResetModel();
}

void TranscriptModel::update(const QList<ui::LineView>& lines) {
    const qsizetype both = std::min(lines.size(), m_lines.size());
    qsizetype head = 0;
    while (head < both && lines[head] == m_lines[head]) {
        ++head;
    }
    qsizetype tail = 0;
    while (tail < both - head &&
           lines[lines.size() - 1 - tail] == m_lines[m_lines.size() - 1 - tail]) {
        ++tail;
    }
    const qsizetype removed = m_lines.size() - head - tail;
    const qsizetype added = lines.size() - head - tail;
    const qsizetype same = std::min(removed, added);
    for (qsizetype i = head; i < head + same; ++i) {
        m_lines[i] = lines[i];
    }
    if (same > 0) {
        Q_EMIT dataChanged(index(static_cast<int>(head)), index(static_cast<int>(head + same - 1)));
    }
    if (removed > same) {
        beginRemoveRows({}, static_cast<int>(head + same), static_cast<int>(head + removed - 1));
        m_lines.remove(head + same, removed - same);
        endRemoveRows();
    } else if (added > same) {
        beginInsertRows({}, static_cast<int>(head + same), static_cast<int>(head + added - 1));
        for (qsizetype i = head + same; i < head + added; ++i) {
            m_lines.insert(i, lines[i]);
        }
        endInsertRows();
    }
}

void TranscriptModel::append(const ui::LineView& line) {
    const auto place = std::upper_bound(
        m_lines.begin(), m_lines.end(), line,
        [](const ui::LineView& a, const ui::LineView& b) { return a.start < b.start; });
    const int row = static_cast<int>(place - m_lines.begin());
    beginInsertRows({}, row, row);
    m_lines.insert(row, line);
    endInsertRows();
}

} // namespace phial::app
