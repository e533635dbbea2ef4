// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/notice_view.h"

#include <QFrame>
#include <QHash>
#include <QWidget>

class QVBoxLayout;

namespace phial::ui {

class Theme;

/// Inline banners above the conversation, newest first, one for each key.
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

    const Theme& m_theme;
    QVBoxLayout* m_column;
    QHash<QString, QWidget*> m_notices; // owned by this widget
};

/// Text of a notice's button.
QString noticeActionText(NoticeAction action);

} // namespace phial::ui
