// SPDX-License-Identifier: MIT
#include "ui/pages/home_page.h"

#include "ui/pages/card.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QFrame>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace phial::ui {
namespace {

constexpr int kColumn = 760;
constexpr int kThreeCards = 560; // narrower than this the cards stand in one column

} // namespace

HomePage::HomePage(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_area(new QScrollArea(this))
    , m_column(new QWidget)
    , m_heading(makeLabel(theme, tr("What can I do for you?"), 1.75, m_column))
    , m_cards(new QGridLayout)
    , m_samplesHeading(makeLabel(theme, tr("Try it with a sample"), 1.0, m_column))
    , m_samples(new QVBoxLayout)
    , m_modelPanel(new QFrame(m_column))
    , m_modelTitle(makeLabel(theme, QString(), 1.0, m_modelPanel))
    , m_modelText(makeLabel(theme, QString(), 0.9, m_modelPanel)) {
    setObjectName(QStringLiteral("page"));
    m_heading->setFont(theme.font(1.75, QFont::DemiBold));
    m_heading->setWordWrap(true);
    m_samplesHeading->setFont(theme.font(1.0, QFont::DemiBold));
    m_samplesHeading->hide();
    m_begin = {
        new Card(theme,
                 {"microphone", tr("Talk"),
                  tr("Ask by voice, dictate or have speech translated. Hold Space.")},
                 Card::Shape::Tall, m_column),
        new Card(
            theme,
            {"image", tr("Open a picture or recording"), tr("Or drop it anywhere on this window.")},
            Card::Shape::Tall, m_column),
        new Card(theme, {"keyboard", tr("Type"), tr("A question, or a text to be translated.")},
                 Card::Shape::Tall, m_column),
        new Card(theme,
                 {"record", tr("Record a meeting"),
                  tr("Saved as it is spoken; needs no model. Ctrl+R.")},
                 Card::Shape::Tall, m_column),
        new Card(theme,
                 {"waveform", tr("Import recordings"),
                  tr("Meetings to be transcribed, translated and summarized.")},
                 Card::Shape::Tall, m_column),
        new Card(theme, {"search", tr("Search meetings"), tr("Every word of every transcript.")},
                 Card::Shape::Tall, m_column)};
    connect(m_begin[0], &Card::clicked, this, &HomePage::talkRequested);
    connect(m_begin[1], &Card::clicked, this, &HomePage::openFilesRequested);
    connect(m_begin[2], &Card::clicked, this, &HomePage::typeRequested);
    connect(m_begin[3], &Card::clicked, this, &HomePage::recordRequested);
    connect(m_begin[4], &Card::clicked, this, &HomePage::importRequested);
    connect(m_begin[5], &Card::clicked, this, &HomePage::searchRequested);
    m_cards->setSpacing(12);
    m_samples->setSpacing(8);

    m_modelPanel->setObjectName(QStringLiteral("panel"));
    m_modelTitle->setFont(theme.font(1.0, QFont::DemiBold));
    m_modelTitle->setWordWrap(true);
    m_modelText->setWordWrap(true);
    setStyleProperty(*m_modelText, "tone", QStringLiteral("muted"));
    auto* texts = new QVBoxLayout;
    texts->setSpacing(3);
    texts->addWidget(m_modelTitle);
    texts->addWidget(m_modelText);
    QPushButton* add = makeTextButton(tr("Add Phi-4-multimodal"), "outlined", m_modelPanel);
    connect(add, &QPushButton::clicked, this, &HomePage::addModelRequested);
    auto* panel = new QHBoxLayout(m_modelPanel);
    panel->setContentsMargins(16, 13, 14, 13);
    panel->setSpacing(14);
    panel->addLayout(texts, 1);
    panel->addWidget(add);
    m_modelPanel->hide();

    auto* column = new QVBoxLayout(m_column);
    column->setContentsMargins(0, 30, 0, 20);
    column->setSpacing(0);
    column->addStretch(1);
    column->addWidget(m_heading);
    column->addSpacing(20);
    column->addLayout(m_cards);
    column->addSpacing(26);
    column->addWidget(m_samplesHeading);
    column->addSpacing(9);
    column->addLayout(m_samples);
    column->addSpacing(26);
    column->addWidget(m_modelPanel);
    column->addStretch(2);

    auto* area = m_area;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setFocusPolicy(Qt::NoFocus); // its buttons scroll into view themselves
    auto* holder = new QWidget;
    auto* center = new QHBoxLayout(holder);
    center->setContentsMargins(24, 0, 24, 0);
    center->addStretch(1);
    center->addWidget(m_column, 100);
    center->addStretch(1);
    m_column->setMaximumWidth(theme.scaled(kColumn));
    connect(&theme, &Theme::changed, this, [this] {
        m_column->setMaximumWidth(m_theme.scaled(kColumn));
        arrange();
    });
    // A click beside the cards takes the focus out of the message, so that Space talks.
    holder->setFocusPolicy(Qt::ClickFocus);
    holder->setAccessibleName(tr("Start"));
    area->setWidget(holder);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(area);
    arrange();
}

void HomePage::arrange() {
    const int columns = width() < m_theme.scaled(kThreeCards) ? 1 : 3;
    if (columns == m_columns) {
        return;
    }
    m_columns = columns;
    for (int i = 0; i < m_begin.size(); ++i) {
        m_cards->removeWidget(m_begin[i]);
        m_cards->addWidget(m_begin[i], i / columns, i % columns);
    }
}

void HomePage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

/// Who comes back begins at the top: what had the focus was scrolled to when it was taken away.
void HomePage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_area->verticalScrollBar()->setValue(0);
}

void HomePage::setSamples(const QList<SampleView>& samples) {
    qDeleteAll(m_sampleCards);
    m_sampleCards.clear();
    for (const SampleView& sample : samples) {
        const char* symbol = sample.kind == AttachmentKind::Image ? "image" : "waveform";
        auto* card =
            new Card(m_theme, {symbol, sample.title, sample.text}, Card::Shape::Wide, m_column);
        connect(card, &Card::clicked, this, [this, id = sample.id] { Q_EMIT sampleRequested(id); });
        m_samples->addWidget(card);
        m_sampleCards.append(card);
    }
    m_samplesHeading->setVisible(!samples.isEmpty());
}

void HomePage::setEngine(const DeviceChipState& engine) {
    const bool none = engine.state == EngineState::NoModel || engine.state == EngineState::Failed;
    m_modelPanel->setVisible(engine.embeddedModel || none);
    if (none) {
        m_modelTitle->setText(tr("No model is loaded"));
        m_modelText->setText(tr("You can already write and record. Answers need a model."));
    } else {
        m_modelTitle->setText(tr("%1; add Phi-4-multimodal for real work").arg(engine.modelName));
        m_modelText->setText(
            tr("It writes down simple English sentences about meetings, translates them into "
               "German, Spanish and French, reads large print and simple charts with some mistakes "
               "and answers questions about Phial, to show how Phial works. It cannot hold a "
               "conversation; Phi-4-multimodal can."));
    }
}

} // namespace phial::ui
