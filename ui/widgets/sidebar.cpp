// SPDX-License-Identifier: MIT
#include "ui/widgets/sidebar.h"

#include "ui/contracts/message_view.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QContextMenuEvent>
#include <QInputDialog>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace phial::ui {
namespace {

class Filter final : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
        const QModelIndex index = sourceModel()->index(row, 0, parent);
        return filterRegularExpression().match(index.data(Qt::DisplayRole).toString()).hasMatch() ||
               filterRegularExpression().match(index.data(SnippetRole).toString()).hasMatch();
    }

    /// What was used last comes first.
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override {
        return left.data(UpdatedRole).toDateTime() > right.data(UpdatedRole).toDateTime();
    }
};

bool isMeeting(const QModelIndex& index) {
    return index.data(ItemKindRole).toInt() == int(ItemKind::Meeting);
}

class Delegate final : public QStyledItemDelegate {
public:
    Delegate(const Theme& theme, QObject* parent)
        : QStyledItemDelegate(parent)
        , m_theme(theme) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override {
        const QString detail = index.data(ItemDetailRole).toString();
        const int row = QFontMetrics(m_theme.font(0.95)).height() + 14 +
                        (detail.isEmpty() ? 0 : QFontMetrics(m_theme.font(0.8)).height() + 1);
        return {100, row + (section(index).isEmpty() ? 0 : headHeight(index))};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const Colors& colors = m_theme.colors();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        QRect row = option.rect.adjusted(0, 1, 0, -1);
        const QString head = section(index);
        const int align =
            int(QStyle::visualAlignment(option.direction, Qt::AlignLeft)) | Qt::AlignVCenter;
        if (!head.isEmpty()) {
            QRect place = row;
            place.setHeight(headHeight(index));
            row.setTop(place.bottom() + 1);
            painter->setFont(m_theme.font(0.8, QFont::DemiBold));
            painter->setPen(colors.muted);
            painter->drawText(place.adjusted(10, index.row() == 0 ? 0 : 10, -10, 0), align, head);
        }
        const bool current = option.state.testFlag(QStyle::State_Selected);
        const bool hover = option.state.testFlag(QStyle::State_MouseOver);
        if (current || hover) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(current ? colors.selected : colors.hover);
            painter->drawRoundedRect(row, 7, 7);
        }
        if (option.state.testFlag(QStyle::State_HasFocus)) {
            painter->setPen(QPen(colors.focus, 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(row).adjusted(1, 1, -1, -1), 7, 7);
        }
        const QFont font = m_theme.font(0.95);
        const QFont small = m_theme.font(0.8);
        const QString detail = index.data(ItemDetailRole).toString();
        const bool live = index.data(ItemLiveRole).toBool();
        const int mark = m_theme.scaled(15);
        QRect title = row.adjusted(10, 6, -10, -6); // the detail stands below the title
        title.setHeight(title.height() - (detail.isEmpty() ? 0 : QFontMetrics(small).height() + 1));
        const QRect below(title.left(), title.bottom() + 1, title.width(),
                          QFontMetrics(small).height() + 1);
        paintIcon(
            *painter,
            live               ? "record"
            : isMeeting(index) ? "waveform"
                               : "chat",
            QStyle::visualRect(option.direction, title,
                               QRect(title.left(), title.center().y() - mark / 2, mark, mark)),
            live ? colors.danger : colors.muted);
        const auto write = [&](const QRect& line, const QFont& letters, const QColor& color,
                               const QString& words) {
            const QRect place =
                QStyle::visualRect(option.direction, line, line.adjusted(mark + 7, 0, 0, 0));
            painter->setFont(letters);
            painter->setPen(color);
            painter->drawText(
                place, align,
                QFontMetrics(letters).elidedText(words, Qt::ElideRight, place.width()));
        };
        write(title, font, colors.text, index.data(Qt::DisplayRole).toString());
        if (!detail.isEmpty()) {
            write(below, small, live ? colors.danger : colors.muted, detail);
        }
        painter->restore();
    }

private:
    int headHeight(const QModelIndex& index) const {
        return QFontMetrics(m_theme.font(0.8)).height() + (index.row() == 0 ? 6 : 18);
    }

    // The head stands over the first row of each section.
    static QString section(const QModelIndex& index) {
        const QDate today = QDate::currentDate();
        const QString own = Sidebar::sectionOf(index.data(UpdatedRole).toDateTime().date(), today);
        if (index.row() == 0) {
            return own;
        }
        const QModelIndex before = index.sibling(index.row() - 1, 0);
        const QString other =
            Sidebar::sectionOf(before.data(UpdatedRole).toDateTime().date(), today);
        return own == other ? QString() : own;
    }

    const Theme& m_theme;
};

} // namespace

Sidebar::Sidebar(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_search(makeSearchField(theme, tr("Search conversations and meetings"), this))
    , m_new(makeTextButton(u' ' + tr("New Chat"), "outlined", this))
    , m_list(new QListView(this))
    , m_empty(makeLabel(theme, QString(), 0.92, this))
    , m_filter(new Filter(this)) {
    setObjectName(QStringLiteral("sidebar"));
    setAttribute(Qt::WA_StyledBackground);
    m_search->setToolTip(tr("Search conversations and meetings (Ctrl+F)"));
    m_new->setIcon(icon(theme, "new-chat"));
    m_new->setIconSize(QSize(18, 18));
    m_new->setAccessibleName(tr("New Chat"));
    m_new->setToolTip(tr("New chat (Ctrl+N)"));
    m_list->setAccessibleName(tr("Conversations and meetings"));
    m_list->setItemDelegate(new Delegate(theme, m_list));
    m_list->setModel(m_filter);
    m_list->setMouseTracking(true);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->installEventFilter(this);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_filter->setSortRole(UpdatedRole);
    m_filter->sort(0);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    setStyleProperty(*m_empty, "tone", QStringLiteral("muted"));

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 12, 12, 8);
    column->setSpacing(9);
    column->addWidget(m_new);
    column->addWidget(m_search);
    column->addWidget(m_empty);
    column->addWidget(m_list, 1);

    connect(m_new, &QPushButton::clicked, this, &Sidebar::newRequested);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_filter->setFilterFixedString(text);
        updateEmpty();
        setCurrent(m_current);
    });
    connect(m_list, &QListView::clicked, this, &Sidebar::open);
    connect(m_list, &QWidget::customContextMenuRequested, this, &Sidebar::showMenu);
    updateEmpty();
}

void Sidebar::setModel(QAbstractItemModel* model) {
    m_filter->setSourceModel(model);
    const auto update = [this] {
        updateEmpty();
        setCurrent(m_current);
    };
    connect(m_filter, &QAbstractItemModel::rowsInserted, this, update);
    connect(m_filter, &QAbstractItemModel::rowsRemoved, this, update);
    connect(m_filter, &QAbstractItemModel::rowsMoved, this, update);
    connect(m_filter, &QAbstractItemModel::modelReset, this, update);
    update();
}

void Sidebar::setCurrent(const QString& conversationId) {
    m_current = conversationId;
    for (int row = 0; row < m_filter->rowCount(); ++row) {
        const QModelIndex index = m_filter->index(row, 0);
        if (index.data(ConversationIdRole).toString() == conversationId) {
            m_list->setCurrentIndex(index);
            return;
        }
    }
    m_list->clearSelection();
}

void Sidebar::focusSearch() {
    m_search->setFocus();
    m_search->selectAll();
}

QString Sidebar::sectionOf(const QDate& date, const QDate& today) {
    const qint64 days = date.daysTo(today);
    if (days <= 0) {
        return tr("Today");
    }
    if (days == 1) {
        return tr("Yesterday");
    }
    if (days < 7) {
        return tr("This week");
    }
    return date.year() == today.year() ? QLocale().toString(date, QStringLiteral("MMMM"))
                                       : QLocale().toString(date, QStringLiteral("MMMM yyyy"));
}

void Sidebar::updateEmpty() {
    const bool searching = !m_search->text().isEmpty();
    m_empty->setVisible(m_filter->rowCount() == 0);
    m_empty->setText(searching ? tr("Nothing found for “%1”.").arg(m_search->text())
                               : tr("Conversations and meetings will be listed here."));
}

void Sidebar::showMenu(const QPoint& at) {
    const QModelIndex index = m_list->indexAt(at);
    if (!index.isValid()) {
        return;
    }
    QMenu menu(this);
    menu.addAction(tr("Rename…"), this, [this, index] { rename(index); });
    menu.addAction(isMeeting(index) ? tr("Move to Trash") : tr("Delete"), this,
                   [this, index] { remove(index); });
    menu.exec(m_list->viewport()->mapToGlobal(at));
}

void Sidebar::rename(const QModelIndex& index) {
    const QString id = index.data(ConversationIdRole).toString();
    auto* dialog = new QInputDialog(this); // not exec(): the window goes on working
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const bool meeting = isMeeting(index);
    dialog->setWindowTitle(meeting ? tr("Rename Meeting") : tr("Rename Chat"));
    dialog->setLabelText(tr("Name"));
    dialog->setTextValue(index.data(Qt::DisplayRole).toString());
    connect(dialog, &QInputDialog::textValueSelected, this,
            [this, id, meeting](const QString& title) {
                if (meeting) {
                    Q_EMIT meetingRenameRequested(id, title.trimmed());
                } else {
                    Q_EMIT renameRequested(id, title.trimmed());
                }
            });
    dialog->open();
}

void Sidebar::open(const QModelIndex& index) {
    const QString id = index.data(ConversationIdRole).toString();
    if (isMeeting(index)) {
        Q_EMIT meetingOpened(id);
    } else {
        Q_EMIT opened(id);
    }
}

void Sidebar::remove(const QModelIndex& index) {
    const QString id = index.data(ConversationIdRole).toString();
    if (isMeeting(index)) {
        Q_EMIT meetingDeleteRequested(id);
    } else {
        Q_EMIT deleteRequested(id);
    }
}

bool Sidebar::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_list && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const QModelIndex index = m_list->currentIndex();
        if (index.isValid() && key->key() == Qt::Key_F2) {
            rename(index);
            return true;
        }
        if (index.isValid() && key->key() == Qt::Key_Delete) {
            remove(index);
            return true;
        }
        if (index.isValid() && (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter)) {
            open(index);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace phial::ui
