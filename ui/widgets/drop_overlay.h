// SPDX-License-Identifier: MIT
#pragma once

#include "ui/widgets/mime_sources.h"

#include <QWidget>

namespace phial::ui {

class Theme;

/// Covers the window while something is dragged over it and says, item by item, what will happen.
class DropOverlay : public QWidget {
    Q_OBJECT

public:
    DropOverlay(const Theme& theme, QWidget* parent);

    void setItems(const QList<OfferedItem>& items);

    const QList<OfferedItem>& items() const { return m_items; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    QList<OfferedItem> m_items;
};

} // namespace phial::ui
