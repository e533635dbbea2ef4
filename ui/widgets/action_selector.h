// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/message_view.h"

#include <QWidget>

class QButtonGroup;
class QMenu;
class QToolButton;

namespace phial::ui {

class Theme;

/// Ask, Transcribe, or Translate into a language: separate actions, since they are separate prompts.
class ActionSelector : public QWidget {
    Q_OBJECT

public:
    ActionSelector(const Theme& theme, QWidget* parent);

    Action action() const;
    void setAction(Action action);

    QString language() const { return m_language; }
    void setLanguage(const QString& code);

    /// Compact shows icons only, for narrow windows.
    enum class Compact { No, Yes };
    void setCompact(Compact compact);

Q_SIGNALS:
    void changed();

private:
    QToolButton* addSegment(Action action, const char* icon, const QString& text);
    void updateTexts();

    const Theme& m_theme;
    QButtonGroup* m_group;
    QToolButton* m_ask;
    QToolButton* m_transcribe;
    QToolButton* m_translate;
    QToolButton* m_languageButton;
    QMenu* m_menu;
    QString m_language;
    Compact m_compact = Compact::No;
};

} // namespace phial::ui
