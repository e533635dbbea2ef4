// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/engine_view.h"
#include "ui/contracts/intents.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QScrollArea;
class QVBoxLayout;

namespace phial::ui {

class Card;
class Theme;

/// What an empty conversation shows: three ways to begin, samples to try with one click, and what
/// model is at work.
class HomePage : public QWidget {
    Q_OBJECT

public:
    HomePage(const Theme& theme, QWidget* parent);

    void setSamples(const QList<SampleView>& samples);
    void setEngine(const DeviceChipState& engine);

Q_SIGNALS:
    void talkRequested();
    void openFilesRequested();
    void typeRequested();
    void recordRequested();
    void importRequested();
    void searchRequested();
    void sampleRequested(const QString& id);
    void addModelRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void arrange();

    const Theme& m_theme;
    QScrollArea* m_area;
    QWidget* m_column;
    QLabel* m_heading;
    QGridLayout* m_cards;
    QList<Card*> m_begin;
    QLabel* m_samplesHeading;
    QVBoxLayout* m_samples;
    QList<QWidget*> m_sampleCards;
    QWidget* m_modelPanel;
    QLabel* m_modelTitle;
    QLabel* m_modelText;
    int m_columns = 0;
};

} // namespace phial::ui
