// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QAbstractListModel>
#include <QList>

namespace phial::app {

/// The lines of the meeting on the page; TranscriptRoles of ui/contracts/meeting_view.h. New states
/// are taken over with as few changes of rows as there are, so that the view keeps its place. GUI
/// thread.
class TranscriptModel : public QAbstractListModel {
    Q_OBJECT

public:
    explicit TranscriptModel(QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

    /// Another meeting.
    void reset(QList<ui::LineView> lines);
    /// The same meeting, changed.
    void update(const QList<ui::LineView>& lines);
    /// A line that was just written down.
    void append(const ui::LineView& line);

    const QList<ui::LineView>& lines() const { return m_lines; }

private:
    QList<ui::LineView> m_lines;
};

} // namespace phial::app
