// SPDX-License-Identifier: MIT
#pragma once

#include <QPushButton>

class QLabel;

namespace phial::ui {

class Theme;

/// A large button: picture, title and one sentence.
class Card : public QPushButton {
    Q_OBJECT

public:
    enum class Shape { Tall, Wide };

    struct Content {
        const char* icon;
        QString title;
        QString text;
    };

    Card(const Theme& theme, const Content& content, Shape shape, QWidget* parent);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

private:
    void refresh();

    const Theme& m_theme;
    const char* m_iconName;
    QLabel* m_icon;
    QLabel* m_title;
    QLabel* m_text;
};

} // namespace phial::ui
