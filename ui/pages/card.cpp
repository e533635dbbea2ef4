// SPDX-License-Identifier: MIT
#include "ui/pages/card.h"

#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QLabel>
#include <QVBoxLayout>

namespace phial::ui {

Card::Card(const Theme& theme, const Content& content, Shape shape, QWidget* parent)
    : QPushButton(parent)
    , m_theme(theme)
    , m_iconName(content.icon)
    , m_icon(new QLabel(this))
    , m_title(new QLabel(content.title, this))
    , m_text(new QLabel(content.text, this)) {
    setAutoDefault(false);
    setCursor(Qt::PointingHandCursor);
    setAccessibleName(content.title);
    setAccessibleDescription(content.text);
    setLook(*this, "card");
    m_title->setWordWrap(true);
    m_text->setWordWrap(true);
    m_icon->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setStyleProperty(*m_text, "tone", QStringLiteral("muted"));
    for (QLabel* label : {m_icon, m_title, m_text}) {
        label->setAttribute(Qt::WA_TransparentForMouseEvents);
    }
    auto* texts = new QVBoxLayout;
    texts->setSpacing(3);
    texts->addWidget(m_title);
    texts->addWidget(m_text);
    if (shape == Shape::Tall) {
        auto* column = new QVBoxLayout(this);
        column->setContentsMargins(16, 16, 16, 16);
        column->setSpacing(10);
        column->addWidget(m_icon);
        column->addLayout(texts);
        column->addStretch(1);
    } else {
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(14, 11, 14, 11);
        row->setSpacing(13);
        row->addWidget(m_icon);
        row->addLayout(texts, 1);
    }
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&theme, &Theme::changed, this, &Card::refresh);
    refresh();
}

void Card::refresh() {
    m_title->setFont(m_theme.font(1.0, QFont::DemiBold));
    m_text->setFont(m_theme.font(0.9));
    const int side = m_theme.scaled(24);
    m_icon->setPixmap(ui::icon(m_theme, m_iconName, IconTone::Accent).pixmap(QSize(side, side), devicePixelRatioF()));
    m_icon->setFixedSize(side, side);
}

QSize Card::sizeHint() const {
    return {m_theme.scaled(220), heightForWidth(m_theme.scaled(220))};
}

QSize Card::minimumSizeHint() const {
    return {m_theme.scaled(130), layout()->minimumSize().height()};
}

int Card::heightForWidth(int width) const {
    return layout()->totalHeightForWidth(width);
}

} // namespace phial::ui
