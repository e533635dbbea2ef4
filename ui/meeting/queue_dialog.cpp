// SPDX-License-Identifier: MIT
#include "ui/meeting/queue_dialog.h"

#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QAbstractListModel>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace phial::ui {
namespace {

class Delegate final : public QStyledItemDelegate {
public:
    Delegate(const Theme& theme, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {200, 2 * QFontMetrics(m_theme.font(1.0)).height() + 24};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const Colors& colors = m_theme.colors();
        const auto item = index.data(Qt::UserRole + 1).value<QueueItem>();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRect row = option.rect.adjusted(2, 1, -2, -1);
        const bool current = option.state.testFlag(QStyle::State_Selected);
        if (current) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(colors.selected);
            painter->drawRoundedRect(row, 7, 7);
        }
        if (option.state.testFlag(QStyle::State_HasFocus)) {
            painter->setPen(QPen(colors.focus, 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(row).adjusted(1, 1, -1, -1), 7, 7);
        }
        const QFont font = m_theme.font(0.95);
        const QRect text = row.adjusted(10, 6, -10, -6);
        painter->setFont(font);
        painter->setPen(colors.text);
        const QFontMetrics metrics(font);
        painter->drawText(text, Qt::AlignLeft | Qt::AlignTop,
                          metrics.elidedText(item.text, Qt::ElideRight, text.width()));
        painter->setFont(m_theme.font(0.85));
        painter->setPen(item.state == QueueItem::State::Failed ? colors.danger : colors.muted);
        painter->drawText(text.adjusted(0, metrics.height() + 2, 0, 0),
                          Qt::AlignLeft | Qt::AlignTop,
                          QFontMetrics(m_theme.font(0.85))
                              .elidedText(queueStateText(item), Qt::ElideRight, text.width()));
        if (item.state == QueueItem::State::Running && item.fraction >= 0) {
            const QRectF bar(text.left(), text.bottom() - 2, text.width(), 3);
            painter->setPen(Qt::NoPen);
            painter->setBrush(colors.hover);
            painter->drawRoundedRect(bar, 1.5, 1.5);
            painter->setBrush(colors.accent);
            painter->drawRoundedRect(
                QRectF(bar.left(), bar.top(), bar.width() * std::min(1.0, item.fraction), 3), 1.5,
                1.5);
        }
        painter->restore();
    }

private:
    const Theme& m_theme;
};

} // namespace

QString queueStateText(const QueueItem& item) {
    switch (item.state) {
    case QueueItem::State::Waiting:
        return item.detail.isEmpty() ? QueueDialog::tr("Waiting")
                                     : QueueDialog::tr("Waiting · %1").arg(item.detail);
    case QueueItem::State::Running:
        return item.detail.isEmpty() ? QueueDialog::tr("Beginning") : item.detail;
    case QueueItem::State::Paused:
        return item.detail.isEmpty() ? QueueDialog::tr("Paused")
                                     : QueueDialog::tr("Paused · %1").arg(item.detail);
    case QueueItem::State::Done:
        return QueueDialog::tr("Done");
    case QueueItem::State::Failed:
        return item.problem;
    case QueueItem::State::Cancelled:
        return QueueDialog::tr("Cancelled; what was done is kept");
    }
    return {};
}

class QueueDialog::Model final : public QAbstractListModel {
public:
    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : int(m_items.size());
    }

    QVariant data(const QModelIndex& index, int role) const override {
        if (!index.isValid() || index.row() >= m_items.size()) {
            return {};
        }
        const QueueItem& item = m_items[index.row()];
        if (role == Qt::DisplayRole || role == Qt::ToolTipRole) {
            return QString(item.text + QStringLiteral(", ") + queueStateText(item));
        }
        return role == Qt::UserRole + 1 ? QVariant::fromValue(item) : QVariant();
    }

    void set(const QList<QueueItem>& items) {
        const bool same =
            items.size() == m_items.size() &&
            std::equal(items.begin(), items.end(), m_items.begin(),
                       [](const auto& a, const auto& b) { return a.number == b.number; });
        if (same) { // the chosen row stays
            m_items = items;
            if (!items.isEmpty()) {
                Q_EMIT dataChanged(index(0), index(int(items.size()) - 1));
            }
        } else {
            beginResetModel();
            m_items = items;
            endResetModel();
        }
    }

    const QList<QueueItem>& items() const { return m_items; }

private:
    QList<QueueItem> m_items;
};

QueueDialog::QueueDialog(const Theme& theme, QWidget* parent)
    : QDialog(parent)
    , m_model(new Model(this))
    , m_list(new QListView(this))
    , m_empty(makeLabel(theme, tr("Nothing waits. Transcribe a meeting, or import recordings."),
                        0.95, this))
    , m_up(makeTextButton(tr("Earlier"), "outlined", this))
    , m_down(makeTextButton(tr("Later"), "outlined", this))
    , m_pause(makeTextButton(tr("Pause"), "outlined", this))
    , m_cancel(makeTextButton(tr("Cancel"), "outlined", this))
    , m_retry(makeTextButton(tr("Try Again"), "outlined", this))
    , m_forget(makeTextButton(tr("Remove"), "outlined", this)) {
    setWindowTitle(tr("Queue"));
    resize(theme.scaled(560), theme.scaled(360));
    m_list->setAccessibleName(tr("Queue of work on meetings"));
    m_list->setModel(m_model);
    m_list->setItemDelegate(new Delegate(theme, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_empty->setWordWrap(true);
    setStyleProperty(*m_empty, "tone", QStringLiteral("muted"));
    auto* buttons = new QHBoxLayout;
    for (QPushButton* button : {m_up, m_down, m_pause, m_cancel, m_retry, m_forget}) {
        buttons->addWidget(button);
    }
    buttons->addStretch(1);
    QPushButton* shut = makeTextButton(tr("Close"), "primary", this);
    buttons->addWidget(shut);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, 14, 14, 12);
    column->addWidget(m_empty);
    column->addWidget(m_list, 1);
    column->addLayout(buttons);
    const auto command = [this](QPushButton* button, QueueCommand wish) {
        connect(button, &QPushButton::clicked, this,
                [this, wish] { Q_EMIT commanded(wish, chosen().number); });
    };
    command(m_up, QueueCommand::Up);
    command(m_down, QueueCommand::Down);
    command(m_cancel, QueueCommand::Cancel);
    command(m_retry, QueueCommand::Retry);
    command(m_forget, QueueCommand::Forget);
    connect(m_pause, &QPushButton::clicked, this, [this] {
        const QueueItem item = chosen();
        Q_EMIT commanded(item.state == QueueItem::State::Paused ? QueueCommand::Resume
                                                                : QueueCommand::Pause,
                         item.number);
    });
    connect(shut, &QPushButton::clicked, this, &QDialog::hide);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this,
            &QueueDialog::refresh);
    refresh();
}

QueueItem QueueDialog::chosen() const {
    return m_list->currentIndex().data(Qt::UserRole + 1).value<QueueItem>();
}

void QueueDialog::setItems(const QList<QueueItem>& items) {
    const qint64 before = chosen().number;
    m_model->set(items);
    if (chosen().number != before || !m_list->currentIndex().isValid()) {
        int row = 0;
        for (int i = 0; i < int(items.size()); ++i) {
            if (items[i].number == before) {
                row = i;
            }
        }
        m_list->setCurrentIndex(m_model->index(row));
    }
    refresh();
}

void QueueDialog::refresh() {
    using State = QueueItem::State;
    const QueueItem item = chosen();
    const bool any = item.number != 0;
    const bool ended =
        item.state == State::Done || item.state == State::Failed || item.state == State::Cancelled;
    const int row = m_list->currentIndex().row();
    const bool ordered = any && !item.cancelOnly;
    m_up->setEnabled(ordered && row > 0);
    const auto& items = m_model->items(); // behind those with an order come those without
    m_down->setEnabled(ordered && row + 1 < items.size() && !items[row + 1].cancelOnly);
    m_pause->setEnabled(ordered && !ended);
    m_pause->setText(item.state == State::Paused ? tr("Go On") : tr("Pause"));
    m_cancel->setEnabled(any && !ended);
    m_retry->setEnabled(any && (item.state == State::Failed || item.state == State::Cancelled));
    m_forget->setEnabled(ordered && item.state != State::Running);
    m_empty->setVisible(m_model->rowCount() == 0);
}

} // namespace phial::ui
