// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/notice_view.h"

#include <QFrame>
#include <QHash>
#include <QStringList>
#include <QWidget>

class QPushButton;
class QVBoxLayout;

namespace phial::ui {

class Theme;

/// Inline banners above the page, one for each key. Only the first takes room: the newest pressing
/// one, or else the newest of all; those behind it are one click away, so that the page is not
/// pushed out of sight.
class NoticeBar : public QWidget {
    Q_OBJECT

public:
    NoticeBar(const Theme& theme, QWidget* parent);

    void showNotice(const NoticeView& notice);
    void clearNotice(const QString& key);

    bool shows(const QString& key) const { return m_notices.contains(key); }

Q_SIGNALS:
    void actionRequested(const QString& key, phial::ui::NoticeAction action);

private:
    QWidget* build(const NoticeView& notice);
    void arrange();

    const Theme& m_theme;
    QVBoxLayout* m_column;
    QPushButton* m_others;
    QStringList m_order;                // pressing ones, then the others; newest first
    QHash<QString, QWidget*> m_notices; // owned by this widget
    int m_pressing = 0;                 ///< ones in m_order
    bool m_all = false;                 ///< are shown
};

/// Text of a notice's button.
QString noticeActionText(NoticeAction action);

} // namespace phial::ui
