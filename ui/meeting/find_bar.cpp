// SPDX-License-Identifier: MIT
#include "ui/meeting/find_bar.h"

#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>

namespace phial::ui {

FindBar::FindBar(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_text(makeSearchField(theme, tr("Search in this transcript"), this))
    , m_hits(makeLabel(theme, QString(), 0.85, this))
    , m_with(new QLineEdit(this))
    , m_one(makeTextButton(tr("Replace"), "outlined", this))
    , m_all(makeTextButton(tr("All"), "outlined", this)) {
    m_text->setObjectName(QStringLiteral("findText"));
    m_text->setPlaceholderText(tr("Search in this transcript"));
    m_with->setPlaceholderText(tr("Replace with"));
    m_with->setAccessibleName(tr("Replace with"));
    setStyleProperty(*m_hits, "tone", QStringLiteral("muted"));
    QToolButton* previous =
        makeIconButton(theme, "chevron-left", tr("Previous (Shift+Enter)"), this);
    QToolButton* next = makeIconButton(theme, "chevron-right", tr("Next (Enter)"), this);
    QToolButton* shut = makeIconButton(theme, "close", tr("Close search (Esc)"), this);
    shut->setIconSize(QSize(14, 14));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(6);
    row->addWidget(m_text, 3);
    row->addWidget(m_hits);
    row->addWidget(previous);
    row->addWidget(next);
    row->addWidget(m_with, 2);
    row->addWidget(m_one);
    row->addWidget(m_all);
    row->addWidget(shut);
    connect(m_text, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_one->setEnabled(!text.isEmpty());
        m_all->setEnabled(!text.isEmpty());
        Q_EMIT textChanged(text);
    });
    connect(previous, &QToolButton::clicked, this, [this] { Q_EMIT stepRequested(-1); });
    connect(next, &QToolButton::clicked, this, [this] { Q_EMIT stepRequested(1); });
    connect(m_one, &QPushButton::clicked, this,
            [this] { Q_EMIT replaceRequested(m_text->text(), m_with->text()); });
    connect(m_all, &QPushButton::clicked, this,
            [this] { Q_EMIT replaceAllRequested(m_text->text(), m_with->text()); });
    connect(shut, &QToolButton::clicked, this, &FindBar::close);
    m_one->setToolTip(tr("Replace in the line that is found, and go on"));
    m_all->setAccessibleName(tr("Replace All"));
    m_all->setToolTip(tr("Replace everywhere in this transcript"));
    m_one->setEnabled(false);
    m_all->setEnabled(false);
    hide();
}

void FindBar::open() {
    show();
    m_text->setFocus();
    m_text->selectAll();
    Q_EMIT textChanged(m_text->text());
}

void FindBar::close() {
    hide();
    Q_EMIT closed();
}

QString FindBar::text() const {
    return m_text->text();
}

void FindBar::setHits(int hits) {
    m_hits->setText(m_text->text().isEmpty() ? QString()
                    : hits == 0              ? tr("not found")
                                             : tr("%n found", nullptr, hits));
}

void FindBar::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        close();
    } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        Q_EMIT stepRequested(event->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
    } else {
        QWidget::keyPressEvent(event);
    }
}

} // namespace phial::ui
