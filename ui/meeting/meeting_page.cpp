// SPDX-License-Identifier: MIT
// Construction and what is shown; menus and keys are in meeting_page_input.cpp.
#include "ui/meeting/meeting_page.h"

#include "ui/meeting/empty_transcript.h"
#include "ui/meeting/find_bar.h"
#include "ui/meeting/player_bar.h"
#include "ui/meeting/side_panels.h"
#include "ui/meeting/summary_panel.h"
#include "ui/meeting/transcript_view.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QAbstractItemModel>
#include <QApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QResizeEvent>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace phial::ui {
namespace {

constexpr int kPanelFits = 660; // page width; narrower, and the panel's tabs take the middle
constexpr int kPanelWidth = 320;

} // namespace

MeetingPage::MeetingPage(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_find(makeIconButton(theme, "search", tr("Search in this transcript (Ctrl+F)"), this))
    , m_undo(makeIconButton(theme, "undo", tr("Undo (Ctrl+Z)"), this))
    , m_follow(makeIconButton(theme, "follow", tr("Follow what is played (Ctrl+G)"), this))
    , m_export(makeIconButton(theme, "export", tr("Export… (Ctrl+Shift+E)"), this))
    , m_more(makeIconButton(theme, "more", tr("More about this meeting"), this))
    , m_panelSwitch(makeIconButton(theme, "panel", tr("Show or hide the panel (F8)"), this))
    , m_note(makeLabel(theme, QString(), 0.85, this))
    , m_player(new PlayerBar(theme, this))
    , m_findBar(new FindBar(theme, this))
    , m_tabs(new QTabBar(this))
    , m_left(new QWidget(this))
    , m_middle(new QStackedWidget(m_left))
    , m_transcript(new TranscriptView(theme, m_middle))
    , m_empty(new EmptyTranscript(theme, m_middle))
    , m_partial(makeLabel(theme, QString(), 0.95, m_left))
    , m_panels(new QStackedWidget(this))
    , m_right(new QWidget(this))
    , m_summary(new SummaryPanel(theme, m_panels))
    , m_translation(new TranslationPanel(theme, m_panels))
    , m_ask(new AskPanel(theme, m_panels))
    , m_details(new DetailsPanel(theme, m_panels)) {
    setObjectName(QStringLiteral("page"));
    setAttribute(Qt::WA_StyledBackground);
    buildTools();
    buildPanel();

    m_partial->setWordWrap(true);
    m_partial->setTextFormat(Qt::PlainText);
    setStyleProperty(*m_partial, "tone", QStringLiteral("muted"));
    m_partial->hide();
    m_middle->addWidget(m_empty);
    m_middle->addWidget(m_transcript);
    auto* left = new QVBoxLayout(m_left);
    left->setContentsMargins(0, 0, 0, 0);
    left->setSpacing(0);
    left->addWidget(m_middle, 1);
    auto* partial = new QHBoxLayout; // below the texts of the lines
    partial->setContentsMargins(theme.scaled(76), 4, theme.scaled(36), 10);
    partial->addWidget(m_partial);
    left->addLayout(partial);

    auto* tools = new QHBoxLayout;
    tools->setSpacing(2);
    tools->addWidget(m_player, 1);
    tools->addSpacing(6);
    for (QToolButton* button : {m_follow, m_undo, m_find, m_export, m_more, m_panelSwitch}) {
        tools->addWidget(button);
    }
    auto* top = new QVBoxLayout;
    top->setContentsMargins(12, 6, 12, 4);
    top->setSpacing(6);
    top->addLayout(tools);
    top->addWidget(m_findBar);
    top->addWidget(m_note);

    auto* body = new QHBoxLayout;
    body->setContentsMargins(0, 0, 0, 0);
    body->setSpacing(0);
    body->addWidget(m_left, 1);
    body->addWidget(m_right);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(top);
    column->addLayout(body, 1);
    connectParts();
    arrange();
    refreshState();
}

void MeetingPage::buildPanel() {
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setUsesScrollButtons(true);
    m_tabs->setAccessibleName(tr("Parts of the meeting"));
    m_tabs->addTab(tr("Transcript"));
    m_tabs->addTab(tr("Summary"));
    m_tabs->addTab(tr("Translation"));
    m_tabs->addTab(tr("Ask"));
    m_tabs->addTab(tr("Details"));
    m_panels->addWidget(m_summary);
    m_panels->addWidget(m_translation);
    m_panels->addWidget(m_ask);
    m_panels->addWidget(m_details);
    m_right->setObjectName(QStringLiteral("sidePanel"));
    m_right->setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(m_right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_tabs);
    column->addWidget(m_panels, 1);
    m_tabs->setCurrentIndex(1);
}

/// Wide: transcript and panel beside each other. Narrow: one of them, chosen by the tabs.
void MeetingPage::arrange() {
    m_narrow = width() < m_theme.scaled(kPanelFits);
    m_tabs->setTabVisible(0, m_narrow);
    if (!m_narrow && m_tabs->currentIndex() == 0) {
        m_tabs->setCurrentIndex(1);
    }
    const bool panel = m_panelShown;
    auto* column = static_cast<QVBoxLayout*>(layout());
    if (m_narrow && column->indexOf(m_tabs) < 0) {
        column->insertWidget(1, m_tabs); // above whichever is shown
    } else if (!m_narrow && column->indexOf(m_tabs) >= 0) {
        static_cast<QVBoxLayout*>(m_right->layout())->insertWidget(0, m_tabs);
    }
    m_follow->setVisible(!m_narrow); // the menu has them
    m_undo->setVisible(!m_narrow);
    if (m_narrow) {
        const bool text = m_tabs->currentIndex() == 0;
        const QWidget* focus = QApplication::focusWidget();
        if ((text ? m_right : m_left)->isAncestorOf(focus)) {
            m_tabs->setFocus(); // what has the focus goes away
        }
        m_right->setMinimumWidth(0);
        m_right->setMaximumWidth(QWIDGETSIZE_MAX);
        m_left->setVisible(text);
        m_right->setVisible(!text);
        m_tabs->show();
    } else {
        m_right->setFixedWidth(m_theme.scaled(kPanelWidth));
        m_left->show();
        m_right->setVisible(panel);
    }
    m_panelSwitch->setVisible(!m_narrow);
    if (m_tabs->currentIndex() > 0) {
        m_panels->setCurrentIndex(m_tabs->currentIndex() - 1);
    }
}

void MeetingPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const bool narrow = width() < m_theme.scaled(kPanelFits);
    if (narrow != m_narrow) {
        if (narrow) {
            m_tabs->setTabVisible(0, true);
            m_tabs->setCurrentIndex(0);
        }
        arrange();
    }
}

void MeetingPage::connectParts() {
    connect(m_tabs, &QTabBar::currentChanged, this, &MeetingPage::arrange);
    connect(m_player, &PlayerBar::playRequested, this, &MeetingPage::playRequested);
    connect(m_player, &PlayerBar::pauseRequested, this, &MeetingPage::pauseRequested);
    connect(m_player, &PlayerBar::seekRequested, this, &MeetingPage::seekRequested);
    connect(m_player, &PlayerBar::speedChosen, this, &MeetingPage::speedChosen);
    connect(m_transcript, &TranscriptView::playRequested, this, &MeetingPage::playRequested);
    connect(m_transcript, &TranscriptView::playPauseRequested, m_player, &PlayerBar::togglePlay);
    connect(m_transcript, &TranscriptView::textEdited, this, &MeetingPage::textEdited);
    connect(m_transcript, &TranscriptView::divided, this, &MeetingPage::divided);
    connect(m_transcript, &TranscriptView::joined, this, &MeetingPage::joined);
    connect(m_transcript, &TranscriptView::followingChanged, m_follow,
            [this](bool following) { m_follow->setChecked(following); });
    connect(m_findBar, &FindBar::textChanged, this, [this](const QString& text) {
        m_transcript->setSearch(text);
        m_findBar->setHits(m_transcript->hits());
    });
    connect(m_findBar, &FindBar::stepRequested, m_transcript, &TranscriptView::findNext);
    connect(m_findBar, &FindBar::replaceRequested, this,
            [this](const QString& from, const QString& to) {
                LineView line = m_transcript->foundLine();
                const auto at = line.text.indexOf(from, 0, Qt::CaseInsensitive);
                if (at >= 0) {
                    Q_EMIT textEdited(line.id, line.text.replace(at, from.size(), to));
                }
                m_transcript->findNext(1);
            });
    connect(m_findBar, &FindBar::replaceAllRequested, this, &MeetingPage::replaceAllRequested);
    connect(m_findBar, &FindBar::closed, this, [this] {
        m_transcript->setSearch({});
        m_transcript->setFocus();
    });
    connect(m_empty, &EmptyTranscript::transcriptionRequested, this,
            &MeetingPage::transcriptionRequested);
    connect(m_empty, &EmptyTranscript::locateRequested, this, &MeetingPage::locateSound);
    connect(m_summary, &SummaryPanel::summaryRequested, this, &MeetingPage::summaryRequested);
    connect(m_summary, &SummaryPanel::partRequested, this, &MeetingPage::summaryPartRequested);
    connect(m_summary, &SummaryPanel::cancelRequested, this, &MeetingPage::summaryCancelled);
    connect(m_summary, &SummaryPanel::edited, this, &MeetingPage::summaryEdited);
    connect(m_summary, &SummaryPanel::exportRequested, this, &MeetingPage::summaryExportRequested);
    connect(m_summary, &SummaryPanel::versionChosen, this, &MeetingPage::summaryVersionChosen);
    connect(m_translation, &TranslationPanel::translationRequested, this,
            [this](const QString& language) { Q_EMIT translationRequested(language, {}); });
    connect(m_translation, &TranslationPanel::linesRequested, this,
            [this](const QString& language) {
                Q_EMIT translationRequested(language, m_transcript->selectedLines());
            });
    connect(m_translation, &TranslationPanel::shownChanged, this, [this](bool shown) {
        m_transcript->setTranslationShown(shown && !m_meeting.translationLanguage.isEmpty());
    });
    connect(m_transcript, &TranscriptView::currentLineChanged, this,
            [this] { m_translation->setSelection(int(m_transcript->selectedLines().size())); });
    connect(m_ask, &AskPanel::asked, this, &MeetingPage::asked);
    connect(m_ask, &AskPanel::stopRequested, this, &MeetingPage::askStopped);
    connect(m_details, &DetailsPanel::renamed, this, &MeetingPage::renamed);
    connect(m_details, &DetailsPanel::notesChanged, this, &MeetingPage::notesChanged);
    const auto play = [this](double seconds) {
        m_transcript->setFollowing(true);
        Q_EMIT playRequested(seconds);
    };
    connect(m_summary, &SummaryPanel::timeActivated, this, play);
    connect(m_ask, &AskPanel::timeActivated, this, play);
    connect(m_details, &DetailsPanel::timeActivated, this, play);
}

void MeetingPage::setMeeting(const MeetingView& meeting) {
    const bool other = meeting.id != m_meeting.id;
    const bool longer =
        meeting.seconds != m_meeting.seconds || meeting.beingRecorded != m_meeting.beingRecorded;
    m_meeting = meeting;
    if (other || longer) {
        m_player->setMeeting(meeting);
        m_playedLine = 0;
        m_playedUntil = -1;
        m_transcript->setPlayed(0);
    }
    if (other) {
        m_transcriptionStatus.clear();
        setPartialText({});
        m_transcript->setFollowing(true);
        setAsk({}, false);
        if (m_narrow) {
            m_tabs->setCurrentIndex(0);
        }
    }
    m_empty->setMeeting(meeting);
    m_summary->setMeeting(meeting);
    m_translation->setMeeting(meeting);
    m_details->setMeeting(meeting);
    m_transcript->setTranslationShown(!meeting.translationLanguage.isEmpty() &&
                                      m_translation->shown());
    m_ask->setReady(meeting.state != TranscriptState::None);
    refreshState();
}

void MeetingPage::setTranscript(QAbstractItemModel* model) {
    m_transcript->setModel(model);
    connect(model, &QAbstractItemModel::rowsInserted, this, &MeetingPage::refreshState);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &MeetingPage::refreshState);
    connect(model, &QAbstractItemModel::modelReset, this, [this] {
        m_playedUntil = -1;
        refreshState();
    });
    connect(m_transcript->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            [this] { m_translation->setSelection(int(m_transcript->selectedLines().size())); });
    refreshState();
}

void MeetingPage::refreshState() {
    const QAbstractItemModel* model = m_transcript->model();
    const bool some = model != nullptr && model->rowCount() > 0;
    m_middle->setCurrentWidget(some ? static_cast<QWidget*>(m_transcript) : m_empty);
    m_find->setEnabled(some);
    m_follow->setEnabled(some);
    m_export->setEnabled(some || (m_meeting.hasSound && !m_meeting.beingRecorded));
    QStringList notes;
    if (m_meeting.recovered) {
        notes.append(tr("Recovered: the recording was interrupted; at most the last moments are "
                        "missing."));
    }
    if (!m_meeting.hasSound && !m_meeting.beingRecorded) {
        notes.append(tr("The sound file is missing."));
    }
    if (some && m_meeting.state == TranscriptState::Partial && m_transcriptionStatus.isEmpty()) {
        notes.append(tr("The transcript is not finished; More goes on with it."));
    }
    m_note->setText(notes.join(QStringLiteral("  ·  ")));
    m_note->setVisible(!notes.isEmpty());
}

void MeetingPage::setPeaks(const QByteArray& peaks) {
    m_player->setPeaks(peaks);
}

void MeetingPage::setPlayback(const PlaybackView& playback) {
    m_player->setPlayback(playback);
    showPlayedLine();
}

const PlaybackView& MeetingPage::playback() const {
    return m_player->playback();
}

/// Marks the line that is heard: the last one that has begun.
void MeetingPage::showPlayedLine() {
    const PlaybackView& playback = m_player->playback();
    const double at = playback.seconds + 0.02; // a line begins with its first sample
    if (at >= m_playedFrom && at < m_playedUntil) {
        m_transcript->setPlayed(playback.playing || at > 0.1 ? m_playedLine : 0);
        return;
    }
    const QAbstractItemModel* model = m_transcript->model();
    const int count = model == nullptr ? 0 : model->rowCount();
    int low = 0;
    int high = count;
    const auto line = [model](int row) {
        return model->index(row, 0).data(LineRole).value<LineView>();
    };
    while (low < high) {
        const int middle = (low + high) / 2;
        if (line(middle).start <= at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    m_playedLine = low > 0 ? line(low - 1).id : 0;
    m_playedFrom = low > 0 ? line(low - 1).start : 0;
    m_playedUntil = low < count ? line(low).start : m_meeting.seconds + 1;
    m_transcript->setPlayed(playback.playing || at > 0.1 ? m_playedLine : 0);
}

void MeetingPage::setUndo(bool possible) {
    m_undoPossible = possible;
    m_undo->setEnabled(possible);
}

void MeetingPage::setDefaults(const MeetingDefaults& defaults) {
    m_empty->setDefaultLanguage(defaults.spoken);
    m_summary->setDefaults(defaults.summary, defaults.summaryLanguage);
    m_translation->setDefault(defaults.translateTo);
}

void MeetingPage::setTranscriptionStatus(const QString& text) {
    m_transcriptionStatus = text;
    m_empty->setStatus(text);
    if (text.isEmpty()) {
        setPartialText({});
    }
    refreshState();
}

void MeetingPage::setSummaryStatus(const QString& text) {
    m_summary->setStatus(text);
}

void MeetingPage::setSummaryProblem(const QString& sentence) {
    m_summary->setProblem(sentence);
}

void MeetingPage::editSummary(const QString& meeting, const QString& name, const QString& text) {
    if (meeting == m_meeting.id) {
        m_summary->editAgain(name, text);
    }
}

void MeetingPage::setTranslationStatus(const QString& text) {
    m_translation->setStatus(text);
}

void MeetingPage::setPartialText(const QString& text) {
    m_partial->setText(text);
    m_partial->setVisible(!text.isEmpty());
}

void MeetingPage::setAsk(const QList<AskTurn>& turns, bool answering) {
    m_ask->setTurns(turns);
    m_ask->setAnswering(answering);
}

void MeetingPage::showLine(qint64 id) {
    if (m_narrow) {
        m_tabs->setCurrentIndex(0);
    }
    m_transcript->showLine(id);
    m_transcript->setFocus();
}

void MeetingPage::focusMain() {
    if (m_narrow && m_tabs->currentIndex() > 0) {
        m_tabs->setFocus();
    } else if (m_middle->currentWidget() == m_transcript) {
        m_transcript->setFocus();
    } else {
        m_empty->focusMain();
    }
}

void MeetingPage::editLine(qint64 id, int cursor) {
    m_transcript->editLine(id, cursor);
}

void MeetingPage::showTab(Tab tab) {
    m_panelShown = true;
    m_tabs->setCurrentIndex(int(tab));
    arrange();
}

} // namespace phial::ui
