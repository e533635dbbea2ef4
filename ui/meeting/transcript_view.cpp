// SPDX-License-Identifier: MIT
// The view as Qt wants it: places, selection, painting. What the user does is in
// transcript_input.cpp.
#include "ui/meeting/transcript_view.h"

#include "ui/meeting/line_editor.h"
#include "ui/meeting/transcript_accessible.h"
#include "ui/theme/theme.h"

#include <QAccessible>
#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cstdlib>

namespace phial::ui {
namespace {

constexpr int kWheelStep = 40;

} // namespace

TranscriptView::TranscriptView(const Theme& theme, QWidget* parent)
    : QAbstractItemView(parent)
    , m_painter(theme)
    , m_theme(theme) {
    installTranscriptAccessibility();
    setObjectName(QStringLiteral("transcript"));
    setAccessibleName(tr("Transcript"));
    setSelectionMode(ExtendedSelection);
    setSelectionBehavior(SelectRows);
    setEditTriggers(NoEditTriggers);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    verticalScrollBar()->setSingleStep(kWheelStep);
    connect(&theme, &Theme::changed, this, [this] {
        forget(0);
        place();
    });
}

void TranscriptView::setModel(QAbstractItemModel* model) {
    QAbstractItemView::setModel(model);
    reset();
}

int TranscriptView::lines() const {
    return model() == nullptr ? 0 : model()->rowCount();
}

LinePainter::Line TranscriptView::lineAt(int row) const {
    LinePainter::Line line;
    line.view = model()->index(row, 0).data(LineRole).value<LineView>();
    line.newSpeaker =
        row == 0 ||
        model()->index(row - 1, 0).data(LineRole).value<LineView>().speaker != line.view.speaker;
    return line;
}

int TranscriptView::rowOf(qint64 id) const {
    for (int row = 0; row < lines(); ++row) {
        if (model()->index(row, 0).data(LineRole).value<LineView>().id == id) {
            return row;
        }
    }
    return -1;
}

int TranscriptView::rowAtHeight(int y) const {
    if (m_tops.size() < 2) {
        return -1;
    }
    const auto after = std::upper_bound(m_tops.begin(), m_tops.end() - 1, std::max(0, y));
    return std::max(0, int(after - m_tops.begin()) - 1);
}

void TranscriptView::forget(int from) {
    m_heights.resize(static_cast<std::size_t>(lines()));
    const int width = viewport()->width();
    for (int row = from; row < lines(); ++row) {
        m_heights[static_cast<std::size_t>(row)] = -m_painter.estimatedHeight(lineAt(row), width);
    }
}

void TranscriptView::place() {
    m_tops.resize(m_heights.size() + 1);
    m_tops[0] = 0;
    for (std::size_t row = 0; row < m_heights.size(); ++row) {
        m_tops[row + 1] = m_tops[row] + std::abs(m_heights[row]);
    }
    updateGeometries();
    keepAnchor();
    placeEditor();
    viewport()->update();
}

void TranscriptView::keepAnchor() {
    if (lines() == 0 || m_tops.size() < 2) {
        return;
    }
    m_placing = true; // the anchor stays what it is
    const int row = std::clamp(m_anchorRow, 0, lines() - 1);
    verticalScrollBar()->setValue(m_tops[static_cast<std::size_t>(row)] + m_anchorOffset);
    m_placing = false;
}

/// Lays out what is on the screen and is only estimated so far.
void TranscriptView::measureShown() {
    const int width = viewport()->width();
    for (int round = 0; round < 4; ++round) {
        bool changed = false;
        const int bottom = verticalOffset() + viewport()->height();
        for (int row = rowAtHeight(verticalOffset()); row >= 0 && row < lines(); ++row) {
            const auto at = static_cast<std::size_t>(row);
            if (m_tops[at] > bottom) {
                break;
            }
            if (m_heights[at] < 0) {
                const int height = m_painter.height(lineAt(row), width);
                changed = changed || height != -m_heights[at];
                m_heights[at] = height;
            }
        }
        if (!changed) {
            return;
        }
        place();
    }
}

int TranscriptView::verticalOffset() const {
    return verticalScrollBar()->value();
}

void TranscriptView::updateGeometries() {
    const int all = m_tops.empty() ? 0 : m_tops.back();
    m_placing = true;
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setRange(0, std::max(0, all - viewport()->height()));
    m_placing = false;
    QAbstractItemView::updateGeometries();
}

void TranscriptView::scrollContentsBy(int dx, int dy) {
    QAbstractItemView::scrollContentsBy(dx, dy);
    if (!m_placing) {
        m_anchorRow = std::max(0, rowAtHeight(verticalOffset()));
        m_anchorOffset = m_tops.size() < 2
                             ? 0
                             : verticalOffset() - m_tops[static_cast<std::size_t>(m_anchorRow)];
    }
    placeEditor();
    viewport()->update();
}

QRect TranscriptView::visualRect(const QModelIndex& index) const {
    const auto row = static_cast<std::size_t>(index.row());
    if (!index.isValid() || row + 1 >= m_tops.size()) {
        return {};
    }
    return {0, m_tops[row] - verticalOffset(), viewport()->width(), m_tops[row + 1] - m_tops[row]};
}

void TranscriptView::scrollTo(const QModelIndex& index, ScrollHint hint) {
    if (!index.isValid() || m_tops.size() < 2) {
        return;
    }
    for (int round = 0; round < 3; ++round) { // its surroundings are measured on the way
        const QRect rect = visualRect(index);
        const int room = viewport()->height();
        int value = verticalOffset();
        if (hint == PositionAtCenter) {
            value += rect.top() - (room - rect.height()) / 2;
        } else if (hint == PositionAtTop || rect.top() < 0 || rect.height() > room) {
            value += rect.top();
        } else if (rect.bottom() >= room) {
            value += rect.bottom() - room + 1;
        } else {
            return;
        }
        verticalScrollBar()->setValue(value);
        measureShown();
    }
}

QModelIndex TranscriptView::indexAt(const QPoint& point) const {
    const int y = point.y() + verticalOffset();
    if (m_tops.size() < 2 || y < 0 || y >= m_tops.back()) {
        return {};
    }
    return model()->index(rowAtHeight(y), 0);
}

QModelIndex TranscriptView::moveCursor(CursorAction action, Qt::KeyboardModifiers) {
    if (lines() == 0) {
        return {};
    }
    const int row = currentIndex().row();
    const auto to = [this](int target) {
        return model()->index(std::clamp(target, 0, lines() - 1), 0);
    };
    switch (action) {
    case MoveUp:
    case MovePrevious:
    case MoveLeft:
        return to(row - 1);
    case MoveDown:
    case MoveNext:
    case MoveRight:
        return to(row + 1);
    case MoveHome:
        return to(0);
    case MoveEnd:
        return to(lines() - 1);
    case MovePageUp:
        return to(rowAtHeight(visualRect(currentIndex()).top() + verticalOffset() -
                              viewport()->height()));
    case MovePageDown:
        return to(rowAtHeight(visualRect(currentIndex()).top() + verticalOffset() +
                              viewport()->height()));
    }
    return to(row);
}

void TranscriptView::setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) {
    if (m_tops.size() < 2) {
        return;
    }
    const QRect place = rect.normalized();
    const int first = rowAtHeight(place.top() + verticalOffset());
    const int last = rowAtHeight(place.bottom() + verticalOffset());
    selectionModel()->select(QItemSelection(model()->index(first, 0), model()->index(last, 0)),
                             flags);
}

QRegion TranscriptView::visualRegionForSelection(const QItemSelection& selection) const {
    QRegion region;
    for (const QItemSelectionRange& range : selection) {
        const QRect top = visualRect(range.topLeft());
        const QRect bottom = visualRect(range.bottomRight());
        region += top.united(bottom).intersected(viewport()->rect());
    }
    return region;
}

void TranscriptView::reset() {
    QAbstractItemView::reset();
    closeEditor();
    m_anchorRow = 0;
    m_anchorOffset = 0;
    m_found = -1;
    m_hover = -1;
    forget(0);
    place();
}

void TranscriptView::rowsInserted(const QModelIndex& parent, int first, int last) {
    QAbstractItemView::rowsInserted(parent, first, last);
    const int width = viewport()->width();
    std::vector<int> fresh;
    for (int row = first; row <= last; ++row) {
        fresh.push_back(-m_painter.estimatedHeight(lineAt(row), width));
    }
    m_heights.insert(m_heights.begin() + first, fresh.begin(), fresh.end());
    if (last + 1 < lines()) { // its speaker may be new now
        m_heights[static_cast<std::size_t>(last + 1)] =
            -m_painter.estimatedHeight(lineAt(last + 1), width);
    }
    if (first < m_anchorRow) {
        m_anchorRow += last - first + 1;
    }
    place();
}

void TranscriptView::rowsAboutToBeRemoved(const QModelIndex& parent, int first, int last) {
    QAbstractItemView::rowsAboutToBeRemoved(parent, first, last);
    m_heights.erase(m_heights.begin() + first, m_heights.begin() + last + 1);
    if (last < m_anchorRow) {
        m_anchorRow -= last - first + 1;
    } else if (first <= m_anchorRow) {
        m_anchorRow = std::max(0, first - 1);
        m_anchorOffset = 0;
    }
    // The model still has the rows: places are made when they are gone.
    QMetaObject::invokeMethod(
        this, [this] { place(); }, Qt::QueuedConnection);
    m_tops.resize(1);
    m_hover = -1;
    for (const int height : m_heights) {
        m_tops.push_back(m_tops.back() + std::abs(height));
    }
}

void TranscriptView::dataChanged(const QModelIndex& from, const QModelIndex& to,
                                 const QList<int>& roles) {
    QAbstractItemView::dataChanged(from, to, roles);
    const int last = std::min(to.row() + 1, lines() - 1); // the one after may get a speaker
    for (int row = from.row(); row <= last; ++row) {
        m_heights[static_cast<std::size_t>(row)] =
            -m_painter.estimatedHeight(lineAt(row), viewport()->width());
    }
    place();
}

void TranscriptView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QAbstractItemView::currentChanged(current, previous);
    if (current.isValid() && hasFocus()) {
        scrollTo(current);
        if (QAccessible::isActive()) {
            QAccessibleEvent event(this, QAccessible::Focus);
            event.setChild(current.row());
            QAccessible::updateAccessibility(&event);
        }
    }
    viewport()->update();
    Q_EMIT currentLineChanged();
}

void TranscriptView::resizeEvent(QResizeEvent* event) {
    QAbstractItemView::resizeEvent(event);
    forget(0);
    place();
}

void TranscriptView::paintEvent(QPaintEvent* event) {
    measureShown();
    QPainter painter(viewport());
    for (int row = rowAtHeight(verticalOffset()); row >= 0 && row < lines(); ++row) {
        const QModelIndex index = model()->index(row, 0);
        const QRect rect = visualRect(index);
        if (rect.top() > viewport()->height()) {
            break;
        }
        if (!rect.intersects(event->rect())) {
            continue;
        }
        const LinePainter::Line line = lineAt(row);
        LinePainter::Look look;
        look.selected = selectionModel()->isSelected(index);
        look.focused = hasFocus() && currentIndex() == index;
        look.played = line.view.id == m_played;
        look.hover = row == m_hover;
        look.foundHere = row == m_found;
        m_painter.paint(painter, rect, line, look);
    }
}

} // namespace phial::ui
