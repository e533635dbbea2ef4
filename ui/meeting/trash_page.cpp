// SPDX-License-Identifier: MIT
#include "ui/meeting/trash_page.h"

#include "ui/pages/page_frame.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QVBoxLayout>

namespace phial::ui {

TrashPage::TrashPage(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_empty(makeLabel(theme, tr("The trash is empty. Deleted meetings stay here for 30 days."),
                        0.95, nullptr))
    , m_list(new QListWidget)
    , m_restore(makeTextButton(tr("Restore"), "primary", nullptr))
    , m_delete(makeTextButton(tr("Delete for Good…"), "outlined", nullptr)) {
    // Their parent comes with the layout: Tab visits children in the order in which they get one,
    // and Back is the first.
    QVBoxLayout* column =
        makePageFrame(theme, *this, tr("Trash"), [this] { Q_EMIT closeRequested(); });
    m_empty->setWordWrap(true);
    setStyleProperty(*m_empty, "tone", QStringLiteral("muted"));
    m_list->setAccessibleName(tr("Deleted meetings"));
    m_list->setObjectName(QStringLiteral("trashList"));
    m_list->setMinimumHeight(theme.scaled(320));
    m_list->setFrameShape(QFrame::NoFrame);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_restore);
    buttons->addWidget(m_delete);
    buttons->addStretch(1);
    column->addWidget(m_empty);
    column->addWidget(m_list);
    column->addLayout(buttons);
    column->addStretch(1);
    connect(m_list, &QListWidget::currentRowChanged, this, &TrashPage::refresh);
    connect(m_restore, &QPushButton::clicked, this, [this] {
        if (const QListWidgetItem* item = m_list->currentItem()) {
            Q_EMIT restoreRequested(item->data(Qt::UserRole).toString());
        }
    });
    connect(m_delete, &QPushButton::clicked, this, &TrashPage::askToDelete);
    setMeetings({});
}

void TrashPage::setMeetings(const QList<TrashView>& meetings) {
    m_list->clear();
    for (const TrashView& meeting : meetings) {
        auto* item = new QListWidgetItem(
            QStringLiteral("%1  ·  %2").arg(meeting.title, meeting.detail), m_list);
        item->setData(Qt::UserRole, meeting.id);
        item->setData(Qt::UserRole + 1, meeting.title);
    }
    if (!meetings.isEmpty()) {
        m_list->setCurrentRow(0);
    }
    m_empty->setVisible(meetings.isEmpty());
    m_list->setVisible(!meetings.isEmpty());
    refresh();
}

void TrashPage::refresh() {
    const bool some = m_list->currentItem() != nullptr;
    m_restore->setEnabled(some);
    m_delete->setEnabled(some);
}

void TrashPage::askToDelete() {
    const QListWidgetItem* item = m_list->currentItem();
    if (item == nullptr) {
        return;
    }
    auto* question = new QMessageBox(this); // open(), never exec()
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setIcon(QMessageBox::Warning);
    question->setWindowTitle(tr("Delete for Good"));
    question->setText(tr("Delete “%1” with its recording and transcript?")
                          .arg(item->data(Qt::UserRole + 1).toString()));
    question->setInformativeText(tr("This cannot be undone."));
    QPushButton* yes = question->addButton(tr("Delete Meeting"), QMessageBox::DestructiveRole);
    question->setDefaultButton(question->addButton(tr("Keep"), QMessageBox::RejectRole));
    const QString id = item->data(Qt::UserRole).toString();
    connect(yes, &QPushButton::clicked, this, [this, id] { Q_EMIT deleteForeverRequested(id); });
    question->open();
}

} // namespace phial::ui
