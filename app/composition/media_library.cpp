// SPDX-License-Identifier: MIT
#include "app/composition/media_library.h"

#include "app/composition/wav_bytes.h"
#include "app/documents/audio_file_reader.h"
#include "app/documents/image_file.h"
#include "inference/base/error.h"
#include "ui/contracts/media_types.h"
#include "ui/widgets/size_text.h"

#include <QBuffer>
#include <QFile>
#include <QFileInfo>
#include <QImage>

#include <algorithm>
#include <cmath>

namespace phial::app {
namespace {

constexpr int kThumbnailSide = 256;
constexpr int kPeaks = 48;

QByteArray thumbnailOf(const Image& image) {
    const QImage whole(image.rgb.data(), image.width, image.height, qsizetype{3} * image.width,
                       QImage::Format_RGB888);
    const QImage small = std::max(image.width, image.height) <= kThumbnailSide
                             ? whole
                             : whole.scaled(kThumbnailSide, kThumbnailSide, Qt::KeepAspectRatio,
                                            Qt::SmoothTransformation);
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    small.save(&buffer, "PNG");
    return bytes;
}

QList<float> peaksOf(const AudioClip& clip) {
    QList<float> peaks(kPeaks, 0.0F);
    const std::size_t size = clip.samples.size();
    for (std::size_t i = 0; i < size; ++i) {
        float& peak = peaks[static_cast<qsizetype>(i * kPeaks / size)];
        peak = std::max(peak, std::min(1.0F, std::fabs(clip.samples[i])));
    }
    return peaks;
}

QString clockText(double seconds) {
    const auto whole = static_cast<qint64>(std::lround(seconds));
    return QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

double secondsOf(const AudioClip& clip) {
    return static_cast<double>(clip.samples.size()) / std::max(1, clip.channels) /
           std::max(1, clip.sampleRateHz);
}

void describe(ui::AttachmentView& view, const AudioClip& clip) {
    view.durationMs = std::llround(secondsOf(clip) * 1000);
    view.peaks = peaksOf(clip);
    view.detail = clockText(secondsOf(clip));
}

} // namespace

MediaLibrary::MediaLibrary(Counter counter, QObject* parent)
    : QObject(parent)
    , m_counter(std::move(counter)) {
    m_pool.setMaxThreadCount(2);
}

MediaLibrary::~MediaLibrary() {
    m_pool.waitForDone();
}

QString MediaLibrary::add(const ui::AttachmentSource& source) {
    ui::AttachmentView view;
    view.id = conversation::makeId();
    view.path = source.path;
    view.name = source.path.isEmpty() ? source.name : QFileInfo(source.path).fileName();
    view.kind = source.path.isEmpty()
                    ? ui::AttachmentKind::Image
                    : ui::kindOfFile(source.path).value_or(ui::AttachmentKind::Image);
    view.state = ui::AttachmentState::Reading;
    m_draft.append(view);
    m_sources.insert(view.id, source);
    Q_EMIT draftChanged();
    m_pool.start([this, view, source] {
        const Decoded decoded = decode(view, source);
        QMetaObject::invokeMethod(
            this, [this, decoded] { finish(decoded.view.id, decoded); }, Qt::QueuedConnection);
    });
    return view.id;
}

QString MediaLibrary::addRecording(std::shared_ptr<const AudioClip> clip) {
    ui::AttachmentView view;
    view.id = conversation::makeId();
    view.kind = ui::AttachmentKind::Audio;
    view.name = tr("Recording %1").arg(++m_recordings);
    describe(view, *clip);
    m_media.insert(view.id, {.image = {}, .clip = std::move(clip)});
    m_draft.append(view);
    Q_EMIT draftChanged();
    count(view.id);
    return view.id;
}

MediaLibrary::Decoded MediaLibrary::decode(ui::AttachmentView view,
                                           const ui::AttachmentSource& source) {
    Decoded decoded;
    try {
        if (view.kind == ui::AttachmentKind::Image) {
            documents::LoadedImage loaded =
                source.path.isEmpty()
                    ? documents::decodeImage(source.bytes, source.name.toStdString())
                    : documents::loadImage(source.path.toStdString());
            const qint64 bytes =
                source.path.isEmpty() ? source.bytes.size() : QFileInfo(source.path).size();
            view.detail = QStringLiteral("%1 × %2 · %3")
                              .arg(loaded.image.width)
                              .arg(loaded.image.height)
                              .arg(ui::sizeText(bytes));
            view.thumbnail = thumbnailOf(loaded.image);
            decoded.medium.image = std::make_shared<const Image>(std::move(loaded.image));
        } else {
            const auto reader = documents::openAudioFile(source.path.toStdString());
            documents::LoadedAudio loaded =
                documents::readWholeClip(*reader, QFileInfo(source.path).fileName().toStdString());
            describe(view, loaded.clip);
            decoded.medium.clip = std::make_shared<const AudioClip>(std::move(loaded.clip));
        }
        view.state = ui::AttachmentState::Ready;
    } catch (const std::exception& error) {
        view.state = ui::AttachmentState::Problem;
        view.problem = QString::fromUtf8(error.what());
    }
    decoded.view = view;
    return decoded;
}

void MediaLibrary::finish(const QString& id, const Decoded& decoded) {
    ui::AttachmentView* view = find(id);
    if (view == nullptr) {
        return; // removed while it was being read
    }
    *view = decoded.view;
    if (decoded.view.state == ui::AttachmentState::Ready) {
        m_media.insert(id, decoded.medium);
        count(id);
    }
    Q_EMIT draftChanged();
}

void MediaLibrary::count(const QString& id) {
    if (m_counter) {
        m_counter(m_media.value(id), [this, id](int tokens) {
            if (ui::AttachmentView* view = find(id)) {
                view->tokens = tokens;
                Q_EMIT draftChanged();
            }
        });
    }
}

void MediaLibrary::recount() {
    for (const ui::AttachmentView& view : std::as_const(m_draft)) {
        if (view.state == ui::AttachmentState::Ready) {
            count(view.id);
        }
    }
}

ui::AttachmentView* MediaLibrary::find(const QString& id) {
    const auto found =
        std::find_if(m_draft.begin(), m_draft.end(),
                     [&id](const ui::AttachmentView& view) { return view.id == id; });
    return found == m_draft.end() ? nullptr : &*found;
}

void MediaLibrary::removeFromDraft(const QString& id) {
    m_draft.removeIf([&id](const ui::AttachmentView& view) { return view.id == id; });
    Q_EMIT draftChanged();
}

QList<ui::AttachmentView> MediaLibrary::draft() const {
    return m_draft;
}

void MediaLibrary::addToDraft(const QList<ui::AttachmentView>& views) {
    m_draft.append(views);
    Q_EMIT draftChanged();
}

QList<ui::AttachmentView> MediaLibrary::take(const QStringList& ids) {
    QList<ui::AttachmentView> taken;
    for (const QString& id : ids) {
        if (const ui::AttachmentView* view = find(id)) {
            taken.append(*view);
        }
    }
    m_draft.removeIf([&ids](const ui::AttachmentView& view) { return ids.contains(view.id); });
    Q_EMIT draftChanged();
    return taken;
}

void MediaLibrary::ensure(const QList<ui::AttachmentView>& attachments,
                          std::function<void(const QString&)> then) {
    QList<ui::AttachmentView> missing;
    for (const ui::AttachmentView& view : attachments) {
        if (!m_media.contains(view.id)) {
            missing.append(view);
        }
    }
    if (missing.isEmpty()) {
        then({});
        return;
    }
    m_pool.start([this, missing, then = std::move(then)] {
        QList<Decoded> decoded;
        QString problem;
        for (const ui::AttachmentView& view : missing) {
            decoded.append(decode(view, {.path = view.path}));
            if (problem.isEmpty()) {
                problem = decoded.last().view.problem;
            }
        }
        QMetaObject::invokeMethod(
            this,
            [this, decoded, problem, then] {
                for (const Decoded& one : decoded) {
                    if (one.view.state == ui::AttachmentState::Ready) {
                        m_media.insert(one.view.id, one.medium);
                    }
                }
                then(problem);
            },
            Qt::QueuedConnection);
    });
}

QString MediaLibrary::suffixOf(const QString& id) const {
    const auto source = m_sources.constFind(id);
    if (source == m_sources.cend()) {
        return QStringLiteral("wav");
    }
    return source->path.isEmpty() ? QStringLiteral("png")
                                  : QFileInfo(source->path).suffix().toLower();
}

std::function<QByteArray()> MediaLibrary::bytesToStore(const QString& id) const {
    const auto source = m_sources.constFind(id);
    if (source == m_sources.cend()) {
        return [clip = m_media.value(id).clip] { return clip ? wavBytes(*clip) : QByteArray(); };
    }
    if (source->path.isEmpty()) {
        return [bytes = source->bytes] { return bytes; };
    }
    return [path = source->path]() -> QByteArray {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly)) {
            throw Error(ErrorCode::FileUnreadable,
                        QStringLiteral(
                            "“%1” cannot be read any more: %2. The conversation has no copy of it.")
                            .arg(path, file.errorString())
                            .toStdString());
        }
        return file.readAll();
    };
}

} // namespace phial::app
