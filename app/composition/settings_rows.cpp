// SPDX-License-Identifier: MIT
#include "app/composition/settings_rows.h"

#include "app/audio/system_audio.h"
#include "app/base/version.h"
#include "ui/contracts/languages.h"
#include "ui/widgets/size_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <array>
#include <utility>

namespace phial::app {
namespace {

using settings::Key;
using ui::SettingChoice;
using ui::SettingKind;
using ui::SettingRow;

QString tr(const char* text) {
    return QCoreApplication::translate("Settings", text);
}

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

/// Makes the rows of one state of the program.
class Rows {
public:
    Rows(const settings::Settings& settings, const SettingsSurroundings& around)
        : m_settings(settings)
        , m_around(around) {}

    QList<SettingRow> general() const;
    QList<SettingRow> audio() const;
    QList<SettingRow> meetings() const;
    QList<SettingRow> answers() const;
    QList<SettingRow> model() const;
    QList<SettingRow> storage() const;
    QList<SettingRow> about() const;

private:
    SettingRow row(SettingKind kind, Key key, const QString& title, const QString& about) const {
        SettingRow row;
        row.id = static_cast<int>(key);
        row.kind = kind;
        row.title = title;
        row.text = about;
        row.value = text(settings::valueOf(m_settings, key));
        return row;
    }

    /// A value of the file that the list lacks is listed as it is.
    SettingRow choice(Key key, const QString& title, const QString& about,
                      QList<SettingChoice> choices) const {
        SettingRow made = row(SettingKind::Choice, key, title, about);
        const bool listed =
            std::any_of(choices.begin(), choices.end(),
                        [&made](const SettingChoice& one) { return one.value == made.value; });
        if (!listed) {
            choices.append({made.value, made.value});
        }
        made.choices = std::move(choices);
        return made;
    }

    static SettingRow fact(Fact id, const QString& title, const QString& about,
                           const QString& value, const QString& button = {}) {
        SettingRow row;
        row.id = static_cast<int>(id);
        row.title = title;
        row.text = about;
        row.value = value;
        row.button = button;
        return row;
    }

    SettingRow microphone() const;
    SettingRow systemAudio() const;
    SettingRow device() const;

    const settings::Settings& m_settings;
    const SettingsSurroundings& m_around;
};

QString count(int number) {
    return QLocale().toString(number);
}

QString bytes(std::int64_t size) {
    return size < 0 ? tr("…") : ui::sizeText(size);
}

QList<SettingChoice> languages(const QList<ui::Language>& all, const QString& none) {
    QList<SettingChoice> choices;
    if (!none.isEmpty()) {
        choices.append({QString(), none});
    }
    for (const ui::Language& language : all) {
        choices.append({language.code, language.name});
    }
    return choices;
}

QList<SettingRow> Rows::general() const {
    QList<SettingChoice> sizes;
    for (int percent = 80; percent <= 200; percent += 10) {
        sizes.append({QString::number(percent), tr("%1 %").arg(percent)});
    }
    return {choice(Key::Theme, tr("Colors"), {},
                   {{QStringLiteral("system"), tr("As in the system")},
                    {QStringLiteral("light"), tr("Light")},
                    {QStringLiteral("dark"), tr("Dark")}}),
            choice(Key::FontPercent, tr("Size of letters"),
                   tr("On top of what the system is set to. Ctrl++ and Ctrl+- do the same."),
                   sizes),
            choice(Key::SendKey, tr("Key that sends a message"),
                   tr("Shift+Enter always begins a new line."),
                   {{QStringLiteral("enter"), tr("Enter")},
                    {QStringLiteral("ctrl-enter"), tr("Ctrl+Enter")}}),
            row(SettingKind::Switch, Key::Notifications, tr("Notifications"),
                tr("When work on a meeting or a model ends, or a recording is stopped by a full "
                   "disk, while the window is not in front.")),
            choice(Key::TranslateTo, tr("Translate into"),
                   tr("The language that is offered first, in chats and meetings."),
                   languages(ui::textLanguages(), {}))};
}

SettingRow Rows::microphone() const {
    QList<SettingChoice> choices = {{QString(), tr("System default")}};
    const QString chosen = text(m_settings.microphone);
    bool there = chosen.isEmpty();
    for (const audio::InputDevice& input :
         m_around.inputs.value_or(std::vector<audio::InputDevice>())) {
        if (!input.isSystemAudio) {
            choices.append({text(input.id), text(input.name)});
            there = there || choices.last().value == chosen;
        }
    }
    if (!there) {
        choices.append({chosen, tr("%1 (not connected)").arg(chosen)});
    }
    SettingRow made =
        choice(Key::Microphone, tr("Microphone"), tr("For dictation and meetings."), choices);
    if (choices.size() == 1) {
        made.disabledBecause = m_around.inputs ? tr("No microphone is connected.")
                                               : tr("Microphones are being looked for.");
    }
    return made;
}

SettingRow Rows::systemAudio() const {
    SettingRow made =
        row(SettingKind::Switch, Key::SystemAudio, tr("Also record what the computer plays"),
            tr("Meetings get a second channel with the other side of a call: lines "
               "are marked Me and Others."));
    if (!m_around.inputs) {
        made.disabledBecause = tr("Sound devices are being looked for.");
    } else if (!audio::systemAudioDevice(*m_around.inputs)) {
        made.disabledBecause = QCoreApplication::translate("Settings", audio::kNoSystemAudio);
    }
    return made;
}

QList<SettingRow> Rows::audio() const {
    return {microphone(), systemAudio()};
}

QList<SettingRow> Rows::meetings() const {
    return {choice(Key::SpokenLanguage, tr("Spoken language"),
                   tr("Naming it makes transcripts better: what is certainly in another language "
                      "is heard again. It can be changed for each meeting."),
                   languages(ui::speechLanguages(), tr("Automatic"))),
            row(SettingKind::Switch, Key::TranscribeRecordings,
                tr("Transcribe as soon as a recording has ended"),
                tr("Imported recordings are always transcribed.")),
            choice(Key::SummarizeWith, tr("Summarize by itself"),
                   tr("As soon as a transcript is complete."),
                   {{QString(), tr("No")},
                    {QStringLiteral("minutes"), tr("Minutes")},
                    {QStringLiteral("decisions"), tr("Decisions")},
                    {QStringLiteral("actions"), tr("Action items")},
                    {QStringLiteral("questions"), tr("Questions and answers")},
                    {QStringLiteral("paragraph"), tr("One paragraph")}}),
            choice(Key::SummaryLanguage, tr("Language of summaries"),
                   tr("Offered first, and used for those that are made by themselves."),
                   languages(ui::textLanguages(), tr("As spoken"))),
            choice(Key::QuietMinutes, tr("Ask whether a meeting is over"),
                   tr("A recording that nobody ends goes on for days."),
                   {{QStringLiteral("5"), tr("After 5 quiet minutes")},
                    {QStringLiteral("15"), tr("After 15 quiet minutes")},
                    {QStringLiteral("30"), tr("After 30 quiet minutes")},
                    {QStringLiteral("60"), tr("After an hour of quiet")},
                    {QStringLiteral("0"), tr("Never")}}),
            row(SettingKind::Switch, Key::KeepImportedSound, tr("Keep a copy of imported sound"),
                tr("With the meeting, which can then be moved or backed up as one folder. Without "
                   "it a meeting needs the file that it was made from.")),
            row(SettingKind::Switch, Key::ConsentReminder,
                tr("Remind me to tell everyone that I record"),
                tr("Stands beside a recording that has begun, until you press OK."))};
}

QList<SettingRow> Rows::answers() const {
    QList<SettingChoice> lengths;
    for (const int tokens : {256, 512, 1024, 2048, 4096, 8192}) {
        lengths.append({QString::number(tokens), tr("%1 tokens").arg(count(tokens))});
    }
    return {row(SettingKind::Text, Key::Instructions, tr("Instructions for every chat"),
                tr("For example: “Answer in two sentences.” They stand before each conversation; "
                   "the built-in mini model was not trained to follow any.")),
            choice(Key::AnswerTokens, tr("Longest answer"),
                   tr("A token is about three quarters of a word."), lengths),
            choice(Key::Temperature, tr("Freedom"),
                   tr("With some, asking again gives another answer. Transcripts and translations "
                      "are always exact."),
                   {{QStringLiteral("0"), tr("None: the likeliest words")},
                    {QStringLiteral("0.4"), tr("A little")},
                    {QStringLiteral("0.8"), tr("More")},
                    {QStringLiteral("1.2"), tr("Much")}})};
}

SettingRow Rows::device() const {
    QList<SettingChoice> choices = {{QString(), tr("The fastest")}};
    QStringList refused;
    for (const gpu::DeviceInfo& device : m_around.devices) {
        if (!device.unsuitable.empty()) {
            refused.append(tr("%1: %2").arg(text(device.name), text(device.unsuitable)));
        } else if (device.kind == gpu::DeviceKind::Software) {
            choices.append({text(device.uuid), tr("%1 (software)").arg(text(device.name))});
        } else {
            choices.append({text(device.uuid), text(device.name)});
        }
    }
    const QString chosen = text(m_settings.device);
    const bool there =
        std::any_of(choices.begin(), choices.end(),
                    [&chosen](const SettingChoice& one) { return one.value == chosen; });
    if (!there) {
        choices.append({chosen, tr("Not there: %1…").arg(chosen.left(8))});
    }
    const QString about = refused.isEmpty() ? tr("What the model runs on.")
                                            : tr("Cannot be used: %1").arg(refused.join(u' '));
    return choice(Key::Device, tr("Graphics device"), about, choices);
}

QList<SettingRow> Rows::model() const {
    const ui::DeviceChipState& engine = m_around.engine;
    QList<SettingChoice> contexts = {{QStringLiteral("0"), tr("As much as fits, to 8,192")}};
    for (const int tokens : {2048, 4096, 8192, 16384, 32768, 65536, 131072}) {
        contexts.append({QString::number(tokens), tr("%1 tokens").arg(count(tokens))});
    }
    QString context = tr("How much of a conversation, picture or meeting the model sees at once; "
                         "more takes more memory.");
    if (engine.contextSize > 0) {
        context += u' ' + tr("Now: %1 tokens.").arg(count(engine.contextSize));
    }
    SettingRow software =
        row(SettingKind::Switch, Key::SoftwareDevice, tr("A software device may be used"),
            tr("Without a graphics card the processor computes: slow, fine for "
               "the built-in mini model."));
    // The file's words are "allow" and "refuse".
    software.value = m_settings.software == gpu::SoftwareDevices::Allow ? QStringLiteral("yes")
                                                                        : QStringLiteral("no");
    return {fact(Fact::Model, tr("Model"), tr("A folder that is read where it is."),
                 m_settings.model.empty() ? tr("Built-in mini model: a demonstration")
                                          : text(m_settings.model.string()),
                 tr("Choose a Model…")),
            device(),
            software,
            choice(Key::ContextTokens, tr("Context"), context, contexts),
            choice(Key::KvCache, tr("Memory of the context"), tr("Smaller is a little less exact."),
                   {{QStringLiteral("plain"), tr("Exact")},
                    {QStringLiteral("k8v4"), tr("40 %")},
                    {QStringLiteral("turbo4"), tr("26 %")}}),
            choice(Key::UnloadMinutes, tr("Free the memory of an unused model"),
                   tr("It is loaded again as soon as it is used, which takes a moment."),
                   {{QStringLiteral("5"), tr("After 5 minutes")},
                    {QStringLiteral("10"), tr("After 10 minutes")},
                    {QStringLiteral("30"), tr("After 30 minutes")},
                    {QStringLiteral("60"), tr("After an hour")},
                    {QStringLiteral("0"), tr("Never")}}),
            choice(Key::Precision, tr("Computes with"), {},
                   {{QStringLiteral("auto"), tr("What suits the device")},
                    {QStringLiteral("fp16"), tr("16 bits")},
                    {QStringLiteral("fp32"), tr("32 bits")}})};
}

QList<SettingRow> Rows::storage() const {
    const Storage& held = m_around.storage;
    return {fact(Fact::Network, tr("Network"),
                 tr("No accounts, no statistics, no search for updates. What you say, write and "
                    "show stays on this computer."),
                 tr("Phial opens no connection.")),
            fact(Fact::Data, tr("Meetings and conversations"),
                 tr("Plain files. Meetings take %1, conversations %2; %3 are free on this disk.")
                     .arg(bytes(held.meetings), bytes(held.conversations), bytes(held.free)),
                 text(m_around.dataDirectory.string()), tr("Show the Folder")),
            choice(Key::TrashDays, tr("Deleted meetings stay in the trash"), {},
                   {{QStringLiteral("7"), tr("7 days")},
                    {QStringLiteral("30"), tr("30 days")},
                    {QStringLiteral("90"), tr("90 days")},
                    {QStringLiteral("0"), tr("Until you delete them")}}),
            fact(Fact::Cache, tr("Cache"),
                 tr("%1 of what is made again when it is needed: device programs, pictures of "
                    "waveforms.")
                     .arg(bytes(held.cache)),
                 text(m_around.cacheDirectory.string()), tr("Empty the Cache")),
            fact(Fact::SettingsFile, tr("These settings"),
                 tr("Plain text, which can be changed by hand while Phial is not running."),
                 text(m_around.settingsFile.string()), tr("Show the Folder"))};
}

QList<SettingRow> Rows::about() const {
    const ui::DeviceChipState& engine = m_around.engine;
    QStringList runs;
    for (const QString& part :
         {engine.modelName, engine.deviceName, engine.driver, engine.precision}) {
        if (!part.isEmpty()) {
            runs.append(part);
        }
    }
    return {fact(Fact::Version, tr("Phial %1").arg(QString::fromLatin1(kVersion)), {},
                 runs.isEmpty() ? tr("No model is loaded.") : runs.join(u'\n')),
            fact(Fact::Report, tr("Report about a problem"),
                 tr("Version, system, devices and settings as text, without anything that you "
                    "wrote or said."),
                 {}, tr("Copy the Report"))};
}

bool changed(const settings::Settings& settings, SettingsGroup group) {
    const std::vector<Key>& keys = keysOf(group);
    return std::any_of(keys.begin(), keys.end(), [&settings](Key key) {
        return settings::valueOf(settings, key) != settings::valueOf({}, key);
    });
}

} // namespace

const std::vector<Key>& keysOf(SettingsGroup group) {
    // In the order of SettingsGroup. The model stays: it is chosen on its own page.
    static const std::array<std::vector<Key>, 7> all = {{
        {Key::Theme, Key::FontPercent, Key::SendKey, Key::Notifications, Key::TranslateTo},
        {Key::Microphone, Key::SystemAudio},
        {Key::SpokenLanguage, Key::TranscribeRecordings, Key::SummarizeWith, Key::SummaryLanguage,
         Key::QuietMinutes, Key::KeepImportedSound, Key::ConsentReminder},
        {Key::Instructions, Key::AnswerTokens, Key::Temperature},
        {Key::Device, Key::SoftwareDevice, Key::ContextTokens, Key::KvCache, Key::UnloadMinutes,
         Key::Precision},
        {Key::TrashDays},
        {},
    }};
    return all[static_cast<std::size_t>(group)];
}

ui::SettingsView settingsView(const settings::Settings& settings,
                              const SettingsSurroundings& around) {
    const Rows rows(settings, around);
    ui::SettingsView view;
    const auto add = [&](SettingsGroup group, const QString& title, const QList<SettingRow>& list) {
        view.groups.append({.id = static_cast<int>(group),
                            .title = title,
                            .rows = list,
                            .changed = changed(settings, group)});
    };
    add(SettingsGroup::General, tr("General"), rows.general());
    add(SettingsGroup::Audio, tr("Sound"), rows.audio());
    add(SettingsGroup::Meetings, tr("Meetings"), rows.meetings());
    add(SettingsGroup::Answers, tr("Chats"), rows.answers());
    add(SettingsGroup::Model, tr("Model and device"), rows.model());
    add(SettingsGroup::Storage, tr("Privacy and storage"), rows.storage());
    add(SettingsGroup::About, tr("About"), rows.about());
    if (!around.kept) {
        view.note = tr("Phial was started in safe mode: these are the original settings, and "
                       "changes are forgotten at the end.");
    }
    return view;
}

} // namespace phial::app
