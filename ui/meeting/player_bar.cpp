// SPDX-License-Identifier: MIT
#include "ui/meeting/player_bar.h"

#include "ui/meeting/clock.h"
#include "ui/meeting/waveform.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include <algorithm>
#include <array>

namespace phial::ui {
namespace {

constexpr std::array<double, 8> kSpeeds{0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3};
constexpr double kSkip = 5;

} // namespace

PlayerBar::PlayerBar(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_play(makeIconButton(theme, "play", tr("Play (Space)"), this))
    , m_back(makeIconButton(theme, "skip-back", tr("Back 5 seconds (Ctrl+Left)"), this))
    , m_on(makeIconButton(theme, "skip-forward", tr("On 5 seconds (Ctrl+Right)"), this))
    , m_wave(new Waveform(theme, this))
    , m_place(makeLabel(theme, QString(), 0.85, this))
    , m_speed(new QComboBox(this)) {
    m_speed->setAccessibleName(tr("Speed"));
    m_speed->setToolTip(tr("Speed; the pitch stays"));
    for (const double speed : kSpeeds) {
        m_speed->addItem(tr("%1×").arg(locale().toString(speed, 'g', 3)), speed);
    }
    m_speed->setCurrentIndex(2);
    m_place->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    setStyleProperty(*m_place, "tone", QStringLiteral("muted"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_back);
    row->addWidget(m_play);
    row->addWidget(m_on);
    row->addWidget(m_wave, 1);
    row->addSpacing(4);
    row->addWidget(m_place);
    row->addWidget(m_speed);
    connect(m_play, &QToolButton::clicked, this, &PlayerBar::togglePlay);
    connect(m_back, &QToolButton::clicked, this, [this] { skip(-kSkip); });
    connect(m_on, &QToolButton::clicked, this, [this] { skip(kSkip); });
    connect(m_wave, &Waveform::seekRequested, this, &PlayerBar::seekRequested);
    connect(m_speed, &QComboBox::activated, this,
            [this](int index) { Q_EMIT speedChosen(m_speed->itemData(index).toDouble()); });
    refresh();
}

void PlayerBar::setMeeting(const MeetingView& meeting) {
    m_seconds = meeting.seconds;
    m_wave->setPeaks({}, m_seconds);
    m_wave->setBookmarks(meeting.bookmarks);
    setLoop(0, 0);
    setEnabled(meeting.hasSound && !meeting.beingRecorded);
    setPlayback({});
}

void PlayerBar::setPeaks(const QByteArray& peaks) {
    m_wave->setPeaks(peaks, m_seconds);
}

void PlayerBar::setLoop(double from, double to) {
    m_loops = to > from;
    m_wave->setLoop(from, to);
}

void PlayerBar::setPlayback(const PlaybackView& playback) {
    const bool other = playback.playing != m_playback.playing;
    m_playback = playback;
    m_wave->setPosition(playback.seconds);
    if (other) {
        refresh();
    }
    const QString place =
        QStringLiteral("%1 / %2").arg(clockText(playback.seconds), clockText(m_seconds));
    if (place != m_place->text()) {
        m_place->setText(place);
        m_place->setMinimumWidth(m_place->fontMetrics().horizontalAdvance(
            QStringLiteral("%1 / %1").arg(clockText(m_seconds))));
    }
}

void PlayerBar::refresh() {
    const QString name = m_playback.playing ? tr("Pause (Space)") : tr("Play (Space)");
    m_play->setIcon(icon(m_theme, m_playback.playing ? "pause" : "play"));
    m_play->setToolTip(name);
    m_play->setAccessibleName(name);
}

void PlayerBar::togglePlay() {
    if (m_playback.playing) {
        Q_EMIT pauseRequested();
    } else {
        Q_EMIT playRequested(m_playback.seconds);
    }
}

void PlayerBar::skip(double seconds) {
    Q_EMIT seekRequested(std::clamp(m_playback.seconds + seconds, 0.0, m_seconds));
}

} // namespace phial::ui
