// SPDX-License-Identifier: MIT
#pragma once

#include <QDate>
#include <QWidget>

class QAbstractItemModel;
class QLabel;
class QLineEdit;
class QListView;
class QModelIndex;
class QPushButton;
class QSortFilterProxyModel;

namespace phial::ui {

class Theme;

/// Search, New Chat, and the conversations and meetings as one list by date.
class Sidebar : public QWidget {
    Q_OBJECT

public:
    Sidebar(const Theme& theme, QWidget* parent);

    /// ConversationRoles of ui/contracts/message_view.h, in any order.
    void setModel(QAbstractItemModel* model);
    void setCurrent(const QString& conversationId);
    void focusSearch();

    /// "Today", "Yesterday", "This week", "Older": what `date` falls under on `today`.
    static QString sectionOf(const QDate& date, const QDate& today);

Q_SIGNALS:
    void newRequested();
    void opened(const QString& conversationId);
    void renameRequested(const QString& conversationId, const QString& title);
    void deleteRequested(const QString& conversationId);
    void meetingOpened(const QString& meetingId);
    void meetingRenameRequested(const QString& meetingId, const QString& title);
    void meetingDeleteRequested(const QString& meetingId);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showMenu(const QPoint& at);
    void rename(const QModelIndex& index);
    void open(const QModelIndex& index);
    void remove(const QModelIndex& index);
    void updateEmpty();

    const Theme& m_theme;
    QLineEdit* m_search;
    QPushButton* m_new;
    QListView* m_list;
    QLabel* m_empty;
    QSortFilterProxyModel* m_filter;
    QString m_current;
};

} // namespace phial::ui
