// SPDX-License-Identifier: MIT
#include "app/cli/inputs.h"

#include "app/documents/image_file.h"
#include "inference/base/atomic_file.h"
#include "inference/base/error.h"

#include <QGuiApplication>
#include <QStringDecoder>

#include <array>
#include <cstring>
#include <istream>
#include <iterator>

namespace phial::cli {
namespace {

/// Arguments that QGuiApplication keeps a reference to. Offscreen: the terminal program needs no
/// display.
struct GuiArguments {
    std::array<char, 6> program{"phial"};
    std::array<char, 10> option{"-platform"};
    std::array<char, 10> platform{"offscreen"};
    std::array<char*, 4> words{program.data(), option.data(), platform.data(), nullptr};
    int count = 3;
};

GuiArguments& guiArguments() {
    static GuiArguments arguments;
    return arguments;
}

} // namespace

Inputs::Inputs(const Streams& streams, Reporter& reporter, std::stop_token stop)
    : m_streams(streams)
    , m_reporter(reporter)
    , m_stop(std::move(stop)) {}

Inputs::~Inputs() = default;

std::string Inputs::text(const std::string& word) {
    if (word != "-") {
        return word;
    }
    std::string all = readAll();
    QStringDecoder decoder(QStringDecoder::Utf8);
    const QString decoded =
        decoder.decode(QByteArrayView(all.data(), static_cast<qsizetype>(all.size())));
    if (decoder.hasError()) {
        throw Error(ErrorCode::FileUnreadable,
                    "Standard input is not UTF-8 text; convert it first.");
    }
    while (!all.empty() && (all.back() == '\n' || all.back() == '\r')) {
        all.pop_back(); // the line end that echo adds is not part of the prompt
    }
    return all;
}

std::shared_ptr<const Image> Inputs::picture(const std::string& file) {
    if (QCoreApplication::instance() == nullptr) {
        // Qt remarks on a missing desktop and on every oddity of a damaged picture; what matters is
        // said by our own errors.
        qInstallMessageHandler([](QtMsgType, const QMessageLogContext&, const QString&) {});
        GuiArguments& arguments = guiArguments();
        m_application = std::make_unique<QGuiApplication>(arguments.count, arguments.words.data());
    }
    documents::LoadedImage loaded;
    if (file == "-") {
        const std::string all = readAll();
        loaded = documents::decodeImage(QByteArray(all.data(), static_cast<qsizetype>(all.size())),
                                        nameOf(file));
    } else {
        loaded = documents::loadImage(file);
    }
    if (!loaded.note.empty()) {
        m_reporter.note(loaded.note);
    }
    return std::make_shared<const Image>(std::move(loaded.image));
}

std::shared_ptr<const AudioClip> Inputs::clip(const std::string& file) {
    documents::LoadedAudio loaded = documents::readWholeClip(*open(file), nameOf(file));
    if (!loaded.note.empty()) {
        m_reporter.note(loaded.note);
    }
    return std::make_shared<const AudioClip>(std::move(loaded.clip));
}

tasks::SoundSource Inputs::sound(const std::string& file) {
    // Shared because std::function must be copyable; there is one owner.
    const std::shared_ptr<documents::AudioFileReader> reader = open(file);
    return {.sampleRateHz = reader->info().sampleRateHz,
            .channels = reader->info().channels,
            .seconds = reader->info().seconds,
            .next = [this, reader](std::vector<float>& block) {
                const bool more = reader->read(block);
                if (!more && !reader->note().empty()) {
                    m_reporter.note(reader->note());
                }
                return more;
            }};
}

void Inputs::saveInput(const std::filesystem::path& path) {
    writeAtomically(path, readAll());
}

const std::string& Inputs::readAll() {
    if (!m_input) {
        m_input.emplace(std::istreambuf_iterator<char>(m_streams.in),
                        std::istreambuf_iterator<char>());
    }
    return *m_input;
}

std::unique_ptr<documents::AudioFileReader> Inputs::open(const std::string& file) {
    if (file != "-") {
        return documents::openAudioFile(file, m_stop);
    }
    const std::string& all = readAll();
    std::vector<std::byte> bytes(all.size());
    std::memcpy(bytes.data(), all.data(), all.size());
    return documents::openAudioBytes(std::move(bytes), nameOf(file), m_stop);
}

std::string nameOf(const std::string& file) {
    return file == "-" ? "standard input" : std::filesystem::path(file).filename().string();
}

} // namespace phial::cli
