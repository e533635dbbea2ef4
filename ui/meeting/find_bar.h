// SPDX-License-Identifier: MIT
#pragma once

#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;

namespace phial::ui {

class Theme;

/// Search in the shown transcript, and replace.
class FindBar : public QWidget {
    Q_OBJECT

public:
    FindBar(const Theme& theme, QWidget* parent);

    void open();
    void setHits(int hits);
    QString text() const;

Q_SIGNALS:
    void textChanged(const QString& text);
    void stepRequested(int step);
    void replaceRequested(const QString& from, const QString& to); ///< in the line that is found
    void replaceAllRequested(const QString& from, const QString& to);
    void closed();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void close();

    QLineEdit* m_text;
    QLabel* m_hits;
    QLineEdit* m_with;
    QPushButton* m_one;
    QPushButton* m_all;
};

} // namespace phial::ui
