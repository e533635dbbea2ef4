// SPDX-License-Identifier: MIT
#include "app/cli/cli.h"
#include "app/cli/command_line.h"
#include "tests/app/cli_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <sstream>

namespace phial::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Json = nlohmann::json;

TEST_F(CliTest, AnswersAPromptOnStandardOutputAndNothingElseThere) {
    m_script.answer({"Hello", " world."});
    EXPECT_EQ(run({"generate", "--prompt", "Hi"}), 0);
    EXPECT_EQ(m_out, "Hello world.\n");
    EXPECT_THAT(m_err, AllOf(HasSubstr("loading weights, 50 %"), HasSubstr("software device"),
                             HasSubstr("add Phi-4-multimodal for real work")));
    const Request request = m_script.requests().at(0);
    ASSERT_EQ(request.messages.size(), 1U);
    EXPECT_EQ(request.messages[0].text, "Hi");
}

TEST_F(CliTest, AnAnswerCannotSteerTheTerminal) {
    m_script.answer({"\x1b[31mred",
                     " \x07"
                     "and",
                     " \xC2\x9B"
                     "31m\n\tblue"});
    EXPECT_EQ(run({"generate", "--prompt", "hello"}), 0);
    EXPECT_EQ(m_out, " [31mred  and  31m\n\tblue\n");
}

TEST_F(CliTest, IsSilentOnRequest) {
    EXPECT_EQ(run({"generate", "--prompt", "Hi", "--quiet"}), 0);
    EXPECT_EQ(m_err, "");
}

TEST_F(CliTest, HandsEveryOptionToTheEngine) {
    EXPECT_EQ(run({"generate",
                   "--model",
                   "/m",
                   "--prompt",
                   "Hi",
                   "--system",
                   "Be brief.",
                   "--max-tokens",
                   "9",
                   "--temperature",
                   "0.5",
                   "--top-k",
                   "40",
                   "--top-p",
                   "0.9",
                   "--min-p",
                   "0.1",
                   "--repetition-penalty",
                   "1.1",
                   "--stop",
                   "A",
                   "--stop",
                   "B C",
                   "--seed",
                   "18446744073709551615",
                   "--drafts",
                   "off",
                   "--device",
                   "1",
                   "--software",
                   "--precision",
                   "fp16",
                   "--context",
                   "2048",
                   "--disable",
                   "fp16,int8",
                   "--prefer",
                   "matrix",
                   "--validation"}),
              0)
        << m_err;
    const EngineOptions& engine = m_loaded.at(0);
    EXPECT_EQ(engine.model, "/m");
    EXPECT_EQ(engine.device.select, "1");
    EXPECT_EQ(engine.device.software, gpu::SoftwareDevices::Allow);
    EXPECT_EQ(engine.device.disable, "fp16,int8");
    EXPECT_EQ(engine.device.prefer, "matrix");
    EXPECT_EQ(engine.device.validation, gpu::Validation::On);
    EXPECT_EQ(engine.precision, Precision::Fp16);
    EXPECT_EQ(engine.contextTokens, 2048);
    const Request request = m_script.requests().at(0);
    EXPECT_EQ(request.messages.at(0).role, Role::System);
    EXPECT_EQ(request.messages.at(0).text, "Be brief.");
    const Sampling& sampling = request.sampling;
    EXPECT_EQ(sampling.maxTokens, 9);
    EXPECT_FLOAT_EQ(sampling.temperature, 0.5F);
    EXPECT_EQ(sampling.topK, 40);
    EXPECT_FLOAT_EQ(sampling.topP, 0.9F);
    EXPECT_FLOAT_EQ(sampling.minP, 0.1F);
    EXPECT_FLOAT_EQ(sampling.repetitionPenalty, 1.1F);
    EXPECT_EQ(sampling.seed, 18446744073709551615U);
    EXPECT_EQ(sampling.drafts, Drafts::Off);
    EXPECT_THAT(sampling.stop, testing::ElementsAre("A", "B C"));
}

TEST_F(CliTest, IsGreedyAndTakesTheShippedModelByDefault) {
    EXPECT_EQ(run({"generate", "--prompt", "Hi"}), 0);
    EXPECT_EQ(m_loaded.at(0).model, m_services.resources / "models/embedded");
    EXPECT_EQ(m_loaded.at(0).device.software, gpu::SoftwareDevices::Refuse); // never silently
    EXPECT_EQ(m_script.requests().at(0).sampling.temperature, 0.0F);
    ::setenv("PHIAL_MODEL", "/from/environment", 1);
    ::setenv("PHIAL_SOFTWARE", "1", 1);
    EXPECT_EQ(run({"generate", "--prompt", "Hi"}), 0);
    EXPECT_EQ(m_loaded.at(1).model, "/from/environment");
    EXPECT_EQ(m_loaded.at(1).device.software, gpu::SoftwareDevices::Allow);
}

TEST_F(CliTest, WritesOneLineOfJson) {
    m_script.answer({"Grüße", " \"quoted\""});
    EXPECT_EQ(run({"generate", "--prompt", "Hi", "--json"}), 0);
    EXPECT_EQ(std::count(m_out.begin(), m_out.end(), '\n'), 1);
    const Json json = Json::parse(m_out);
    EXPECT_EQ(json.at("text"), "Grüße \"quoted\"");
    EXPECT_EQ(json.at("token_ids"), Json({0, 1}));
    EXPECT_EQ(json.at("finish_reason"), "stop");
    EXPECT_EQ(json.at("usage").at("prompt_tokens"), 7);
    EXPECT_EQ(json.at("usage").at("completion_tokens"), 2);
    EXPECT_TRUE(json.at("timings").contains("first_token_seconds"));
    EXPECT_EQ(json.at("device").at("kind"), "software");
}

TEST_F(CliTest, ReadsAPromptFromStandardInput) {
    m_input = "What is\nthis?\n";
    EXPECT_EQ(run({"generate", "--prompt", "-"}), 0);
    EXPECT_EQ(m_script.requests().at(0).messages[0].text, "What is\nthis?");
    m_input = "\xFF\xFE bad";
    EXPECT_EQ(run({"generate", "--prompt", "-"}), 3);
    EXPECT_THAT(m_err, HasSubstr("UTF-8"));
}

TEST_F(CliTest, TakesSoundAndPicturesFromFilesAndStandardInput) {
    const std::string gif = dataFile("two_frames.gif").string();
    m_input = asString(speech());
    EXPECT_EQ(run({"generate", "--image", gif, "--image", gif, "--audio", "-"}), 0) << m_err;
    const Message message = m_script.requests().at(0).messages.at(0);
    EXPECT_EQ(message.images.size(), 2U);
    EXPECT_EQ(message.images[0]->width, 9);
    ASSERT_EQ(message.clips.size(), 1U);
    EXPECT_EQ(message.clips[0]->samples.size(), 16000U);
    m_input = asString(bytesOf(gif));
    EXPECT_EQ(run({"describe", "-"}), 0);
    EXPECT_EQ(m_script.requests().at(1).messages.at(0).images.at(0)->height, 7);
}

TEST_F(CliTest, RefusesWrongUseWithStatusTwo) {
    for (const std::vector<std::string>& args : std::vector<std::vector<std::string>>{
             {},
             {"dance"},
             {"generate"},
             {"generate", "--prompt"},
             {"generate", "--prompt", "x", "--max-tokens", "0"},
             {"generate", "--prompt", "x", "--temperature", "hot"},
             {"generate", "--prompt", "x", "--precision", "fp8"},
             {"generate", "--prompt", "-", "--audio", "-"},
             {"generate", "--prompt", "x", "--top-p", "2"},
             {"transcribe"},
             {"transcribe", "-", "-"},
             {"translate", "a.wav"},
             {"translate", "a.wav", "--to", "Klingon"},
             {"translate", "--to", "German"},
             {"probe"},
             {"bench", "fly"},
             {"bench", "--layers", "2"},
             {"bench", "--shape", "phi4mm", "--model", "/m"},
             {"bench", "--picture", "12by3"}}) {
        EXPECT_EQ(run(args), 2) << testing::PrintToString(args);
        EXPECT_THAT(m_err, AllOf(StartsWith("phial: "), HasSubstr("--help")));
        EXPECT_EQ(m_out, "");
    }
    EXPECT_TRUE(m_loaded.empty());
}

TEST_F(CliTest, ShowsHelpAndVersionOnStandardOutput) {
    EXPECT_EQ(run({"--help"}), 0);
    EXPECT_THAT(m_out, AllOf(HasSubstr("transcribe"), HasSubstr("Exit status")));
    EXPECT_EQ(run({"generate", "--help"}), 0);
    EXPECT_THAT(m_out, HasSubstr("--repetition-penalty"));
    EXPECT_EQ(run({"--version"}), 0);
    EXPECT_THAT(m_out, StartsWith("phial "));
    EXPECT_EQ(m_err, "");
}

TEST_F(CliTest, TellsAboutABadFileBeforeLoadingAModel) {
    EXPECT_EQ(run({"transcribe", (m_folder / "absent.wav").string()}), 3);
    EXPECT_THAT(m_err, HasSubstr("absent.wav"));
    EXPECT_EQ(run({"describe", file("note.txt", bytesOf(dataFile("README.md")))}), 3);
    EXPECT_EQ(run({"generate", "--prompt", "x", "--audio", dataFile("silent_film.mp4").string()}),
              3);
    EXPECT_THAT(m_err, HasSubstr("no sound track"));
    EXPECT_TRUE(m_loaded.empty());
}

TEST_F(CliTest, TellsWhoseFaultAFailureIs) {
    const std::vector<std::pair<ErrorCode, int>> loading = {
        {ErrorCode::FileUnreadable, 4},    {ErrorCode::BadCheckpoint, 4},
        {ErrorCode::WrongArchitecture, 4}, {ErrorCode::BadTokenizer, 4},
        {ErrorCode::NoDevice, 5},          {ErrorCode::DeviceUnsuitable, 5},
        {ErrorCode::OutOfDeviceMemory, 5}, {ErrorCode::OutOfHostMemory, 5},
        {ErrorCode::Cancelled, 6},         {ErrorCode::Internal, 1}};
    for (const auto& [error, status] : loading) {
        m_loadError = Error(error, "the reason");
        EXPECT_EQ(run({"generate", "--prompt", "x"}), status) << errorCodeName(error);
        EXPECT_THAT(m_err, HasSubstr(error == ErrorCode::Cancelled ? "cancelled" : "the reason"));
        EXPECT_EQ(m_out, "");
    }
    m_loadError.reset();
    const std::vector<std::pair<ErrorCode, int>> working = {{ErrorCode::ContextOverflow, 3},
                                                            {ErrorCode::BadMedia, 3},
                                                            {ErrorCode::DeviceLost, 5},
                                                            {ErrorCode::InvalidArgument, 2}};
    for (const auto& [error, status] : working) {
        m_script.answer({.pieces = {"so far"}, .error = Error(error, "the reason")});
        EXPECT_EQ(run({"generate", "--prompt", "x"}), status) << errorCodeName(error);
        EXPECT_EQ(m_out, "so far"); // kept
    }
}

TEST_F(CliTest, SaysHowToAllowASoftwareDevice) {
    m_loadError = Error(ErrorCode::DeviceUnsuitable, "only llvmpipe is there");
    EXPECT_EQ(run({"generate", "--prompt", "x"}), 5);
    EXPECT_THAT(m_err, AllOf(HasSubstr("--software"), HasSubstr("PHIAL_SOFTWARE=1")));
    EXPECT_EQ(run({"generate", "--prompt", "x", "--software"}), 5);
    EXPECT_THAT(m_err, Not(HasSubstr("PHIAL_SOFTWARE=1")));
}

TEST_F(CliTest, GivesErrorsAsJsonToo) {
    m_loadError = Error(ErrorCode::BadCheckpoint, "cut short");
    EXPECT_EQ(run({"generate", "--prompt", "x", "--json"}), 4);
    EXPECT_EQ(Json::parse(m_out).at("error").at("code"), "bad_checkpoint");
    EXPECT_THAT(m_err, HasSubstr("cut short"));
}

TEST_F(CliTest, KeepsPartialTextWhenCancelled) {
    m_script.answer({.pieces = {"a", "b"},
                     .error = {},
                     .untilStopped = false,
                     .finishReason = FinishReason::Cancelled});
    EXPECT_EQ(run({"generate", "--prompt", "x"}), 6);
    EXPECT_EQ(m_out, "ab\n");
    EXPECT_THAT(m_err, HasSubstr("cancelled"));
    m_stop.request_stop();
    m_script.answer({"never"});
    EXPECT_EQ(run({"transcribe", file("a.wav", speech()), file("b.wav", speech())}), 6);
    EXPECT_THAT(m_out, Not(HasSubstr("never")));
}

TEST_F(CliTest, TranscribesSeveralFilesAndGoesOnAfterABadOne) {
    m_script.answer({"One."});
    m_script.answer({"Two."});
    const std::string first = file("a.wav", speech());
    const std::string second = file("b.wav", speech());
    EXPECT_EQ(run({"transcribe", first, (m_folder / "gone.wav").string(), second}), 3);
    EXPECT_EQ(m_out, "a.wav:\nOne.\n\ngone.wav:\n\nb.wav:\nTwo.\n");
    EXPECT_THAT(m_err, HasSubstr("gone.wav"));
    EXPECT_EQ(m_loaded.size(), 1U);
    EXPECT_EQ(m_script.requests().at(0).messages.at(0).text,
              "Transcribe the audio clip into text.");
}

TEST_F(CliTest, WritesATranscriptAsJsonWithTimes) {
    m_script.answer({"One."});
    m_input = asString(speech());
    EXPECT_EQ(run({"transcribe", "-", "--json"}), 0) << m_err;
    const Json json = Json::parse(m_out);
    EXPECT_EQ(json.at("file"), "-");
    EXPECT_EQ(json.at("text"), "One.");
    EXPECT_EQ(json.at("speech_heard"), true);
    EXPECT_EQ(json.at("parts").at(0).at("seconds"), 1.0);
}

TEST_F(CliTest, SaysThatNoSpeechWasHeard) {
    const std::string silence =
        file("quiet.wav", wavBytes(std::vector<std::int16_t>(16000), 16000, 1));
    EXPECT_EQ(run({"transcribe", silence}), 0);
    EXPECT_EQ(m_out, "\n");
    EXPECT_THAT(m_err, HasSubstr("no speech heard in quiet.wav"));
    EXPECT_TRUE(m_script.requests().empty());
}

TEST_F(CliTest, TranslatesSpeechAndText) {
    const std::string recording = file("a.wav", speech());
    m_script.answer({"Guten Tag."});
    EXPECT_EQ(run({"translate", recording, "--to", "de"}), 0);
    EXPECT_EQ(m_out, "Guten Tag.\n");
    EXPECT_EQ(m_script.requests().at(0).messages.at(0).text, "Translate the audio to German.");
    m_script.answer({"Good day.<sep>", "Bonjour."});
    EXPECT_EQ(run({"translate", recording, "--to", "FRENCH", "--with-transcript"}), 0);
    EXPECT_THAT(m_out, StartsWith("Good day.\nBonjour.\n"));
    m_input = "Good day.\n";
    EXPECT_EQ(run({"translate", "--text", "-", "--to", "Spanish"}), 0);
    EXPECT_THAT(m_script.requests().at(2).messages.at(0).text,
                AllOf(HasSubstr("Spanish"), HasSubstr("Good day.")));
}

TEST_F(CliTest, ListsDevices) {
    EXPECT_EQ(run({"devices"}), 5);
    EXPECT_THAT(m_err, HasSubstr("No graphics device"));
    m_devices = {{.index = 0,
                  .uuid = "00ff",
                  .name = "Card",
                  .driver = "D 1",
                  .kind = gpu::DeviceKind::Discrete,
                  .localMemoryBytes = 6ULL << 30U},
                 {.index = 1,
                  .uuid = "11ff",
                  .name = "llvmpipe",
                  .driver = "M 2",
                  .kind = gpu::DeviceKind::Software,
                  .unsuitable = "too old"}};
    EXPECT_EQ(run({"devices"}), 0);
    EXPECT_THAT(m_out, AllOf(HasSubstr("0  Card (discrete, 6 GB)"), HasSubstr("00ff"),
                             HasSubstr("needs --software"), HasSubstr("cannot be used: too old")));
    EXPECT_EQ(run({"devices", "--json"}), 0);
    EXPECT_EQ(Json::parse(m_out.substr(0, m_out.find('\n'))).at("uuid"), "00ff");
    EXPECT_EQ(run({"devices", "--microphones"}), 0);
    EXPECT_EQ(m_out, "* Fake/mic\n  Fake/other\n");
}

TEST_F(CliTest, PrintsEveryStageOfAProbeAndFailsWithOne) {
    m_rows = {{.name = "decoder.block0",
               .maxError = 1e-4,
               .relativeError = 2e-5,
               .tolerance = 5e-4,
               .ok = true}};
    EXPECT_EQ(
        run({"probe", "--golden", "/g", "--precision", "fp16", "--disable", "fp16", "--software"}),
        0);
    EXPECT_THAT(m_out, AllOf(HasSubstr("decoder.block0"), HasSubstr("2e-05"), HasSubstr("0.0005"),
                             HasSubstr("ok"), HasSubstr("1 stages")));
    EXPECT_EQ(m_probe.precision, Precision::Fp16);
    EXPECT_EQ(m_probe.device.disable, "fp16");
    m_rows.push_back({.name = "logits", .ok = false, .note = "shape [3] instead of [4]"});
    EXPECT_EQ(run({"probe", "--golden", "/g"}), 1);
    EXPECT_THAT(m_out, AllOf(HasSubstr("FAILED"), HasSubstr("shape [3]"), HasSubstr("1 failed")));
    m_rows.clear();
    EXPECT_EQ(run({"probe", "--golden", "/g"}), 1); // nothing compared is no success
}

TEST_F(CliTest, RunsTheShippedSamples) {
    EXPECT_EQ(run({"samples", "--software"}), 0) << m_err;
    EXPECT_THAT(m_out,
                AllOf(HasSubstr("a short meeting\n"), HasSubstr("heard:     ok\n"),
                      HasSubstr("page.png\n"), HasSubstr("answered:  ok\n"), HasSubstr("spoken:")));
    EXPECT_EQ(m_loaded.size(), 1U);
    m_services.resources = m_folder;
    EXPECT_EQ(run({"samples"}), 3);
}

TEST_F(CliTest, TheShippedSuiteComparesThePackageWithTheWeights) {
    run({"evaluate", "--suite", "embedded", "--quiet"});
    ASSERT_EQ(m_loaded.size(), 2U);
    EXPECT_EQ(m_loaded[0].model, m_services.resources / "models/embedded-4bit");
    EXPECT_EQ(m_loaded[1].model, m_services.resources / "models/embedded");
    run({"evaluate", "--suite", "embedded", "--quiet", "--model", "/other"});
    ASSERT_EQ(m_loaded.size(), 3U);
    EXPECT_EQ(m_loaded[2].model, "/other");
}

TEST_F(CliTest, ScoresASuiteComparesModelsAndFailsUnderAFloor) {
    const auto suite = [this](const std::string& name, const std::string& text) {
        std::ofstream(m_folder / name) << text;
    };
    suite("suite.json",
          R"([{"name": "a", "task": "typed_translate", "prompt": "Go.", "answer": "Los."},
                            {"name": "b", "task": "typed_translate", "prompt": "No.", "answer": "Nein."}])");
    const std::vector<std::string> words = {"evaluate",    "--suite", m_folder.string(),
                                            "--reference", "/whole",  "--json"};
    for (const char* answer : {"Los.", "Ja.", "Los.", "Nein."}) {
        m_script.answer({answer});
    }
    EXPECT_EQ(run(words), 0) << m_err;
    ASSERT_EQ(m_loaded.size(), 2U);
    EXPECT_EQ(m_loaded[1].model, "/whole");
    EXPECT_THAT(m_err, HasSubstr("evaluating, 50 %"));
    const Json line = Json::parse(m_out.substr(0, m_out.find('\n')));
    EXPECT_EQ(line["task"], "typed_translate");
    EXPECT_EQ(line["figure"], "exact %");
    EXPECT_EQ(line["model"], 50.0);
    EXPECT_EQ(line["reference"], 100.0);
    EXPECT_EQ(line["loss"], 50.0);

    suite("floors.json", R"({"typed_translate": 85})");
    EXPECT_EQ(run({"evaluate", "--suite", m_folder.string(), "--answers"}), 1);
    EXPECT_THAT(m_out,
                AllOf(HasSubstr("right: Nein."), HasSubstr("given: ok"), HasSubstr("85.0 MISSED")));
    EXPECT_EQ(run({"evaluate", "--suite", (m_folder / "none").string()}), 3);
    EXPECT_EQ(run({"evaluate"}), 2);
}

TEST_F(CliTest, ShowsWhichWordsMeanTheTerminal) {
    EXPECT_TRUE(isForTerminal("generate"));
    EXPECT_TRUE(isForTerminal("--help"));
    EXPECT_FALSE(isForTerminal("meeting.wav"));
}

} // namespace
} // namespace phial::cli
