// SPDX-License-Identifier: MIT
#pragma once

#include <QLayout>
#include <QList>

namespace phial::ui {

/// Puts items side by side and begins a new line where the width ends.
class FlowLayout : public QLayout {
public:
    explicit FlowLayout(QWidget* parent, int gap = 6);
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override;
    int count() const override;
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

    bool hasHeightForWidth() const override { return true; }

    int heightForWidth(int width) const override;

    Qt::Orientations expandingDirections() const override { return {}; }

private:
    enum class Apply { No, Yes };
    int arrange(const QRect& rect, Apply apply) const;

    QList<QLayoutItem*> m_items; // owned, as QLayout demands
    int m_gap;
};

} // namespace phial::ui
