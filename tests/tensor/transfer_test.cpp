// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/base/half.h"
#include "inference/tensor/transfer.h"
#include "tests/support/gpu_fixture.h"

#include <cstring>
#include <memory>
#include <random>
#include <string>

namespace phial {
namespace {

/// All transfers, once straight into device memory where the host sees it and once through staging.
class TransferTest : public GpuTest, public ::testing::WithParamInterface<const char*> {
protected:
    void SetUp() override {
        GpuTest::SetUp();
        if (!IsSkipped()) {
            gpu::DeviceOptions options = gpuTestOptions();
            options.disable += std::string(",") + GetParam();
            m_device = gpu::Device::open(options);
        }
    }

    void TearDown() override {
        if (m_device != nullptr) {
            EXPECT_TRUE(m_device->validationMessages().empty());
        }
    }

    gpu::Device& device() { return *m_device; }

private:
    std::unique_ptr<gpu::Device> m_device;
};

INSTANTIATE_TEST_SUITE_P(, TransferTest, ::testing::Values("", "mapped"), [](const auto& which) {
    return std::string(which.param[0] == 0 ? "Direct" : "Staged");
});

std::vector<float> randomFloats(std::size_t count, std::mt19937& random) {
    std::uniform_real_distribution<float> values(-100, 100);
    std::vector<float> out(count);
    for (float& value : out) {
        value = values(random);
    }
    return out;
}

TEST_P(TransferTest, FloatsComeBackRoundedToTheType) {
    std::mt19937 random(11);
    for (int i = 0; i < 12; ++i) {
        const std::int64_t rows = 1 + random() % 40;
        const std::int64_t columns = 1 + random() % 300;
        const auto values = randomFloats(static_cast<std::size_t>(rows * columns), random);
        for (const DType dtype : {DType::F32, DType::F16, DType::BF16}) {
            const Tensor tensor =
                uploadFloats(device(), values, Shape{rows, columns}, dtype, "round trip");
            std::vector<float> expected = values;
            for (float& value : expected) {
                value = dtype == DType::F16    ? halfToFloat(floatToHalf(value))
                        : dtype == DType::BF16 ? bf16ToFloat(floatToBf16(value))
                                               : value;
            }
            EXPECT_EQ(downloadFloats(device(), tensor.view()), expected);
        }
    }
}

TEST_P(TransferTest, IntsComeBack) {
    const std::vector<std::int32_t> values{0, -1, 2147483647, -2147483647 - 1, 5};
    const Tensor tensor = uploadInts(device(), values, {5}, "ids");
    EXPECT_EQ(downloadInts(device(), tensor.view()), values);
    EXPECT_THROW(downloadInts(device(), Tensor(device(), DType::F32, {2}, "floats").view()), Error);
}

TEST_P(TransferTest, LargeTensorsArriveInPiecesOfWholeWords) {
    const std::int64_t elements = 9 * 1024 * 1024 + 1; // 18 MiB and one half
    const Tensor tensor(device(), DType::F16, {elements}, "large");
    Uploader uploader(device());
    std::uint64_t next = 0;
    int pieces = 0;
    uploader.upload(tensor, 0, static_cast<std::uint64_t>(tensor.bytes()),
                    [&](std::span<std::byte> piece, std::uint64_t at) {
                        EXPECT_EQ(at, next);
                        next += piece.size();
                        ++pieces;
                        EXPECT_TRUE(piece.size() % 4 == 0 ||
                                    next == static_cast<std::uint64_t>(tensor.bytes()));
                        for (std::size_t i = 0; i < piece.size() / 2; ++i) {
                            const auto value = static_cast<std::uint16_t>((at / 2 + i) % 30000);
                            std::memcpy(piece.data() + 2 * i, &value, 2);
                        }
                    });
    uploader.finish();
    EXPECT_EQ(next, static_cast<std::uint64_t>(tensor.bytes()));
    EXPECT_GT(pieces, 1);
    const auto back = downloadFloats(device(), tensor.view());
    for (std::int64_t i = 0; i < elements; i += 4099) {
        ASSERT_EQ(back[static_cast<std::size_t>(i)],
                  halfToFloat(static_cast<std::uint16_t>(i % 30000)))
            << i;
    }
    EXPECT_EQ(back.back(), halfToFloat(static_cast<std::uint16_t>((elements - 1) % 30000)));
}

TEST_P(TransferTest, PartsOfATensorCanBeFilledInAnyOrder) {
    const Tensor tensor =
        uploadFloats(device(), std::vector<float>(100, 1.0F), {100}, DType::F32, "parts");
    Uploader uploader(device());
    const auto fill = [](float value) {
        return [value](std::span<std::byte> piece, std::uint64_t) {
            for (std::size_t i = 0; i < piece.size(); i += 4) {
                std::memcpy(piece.data() + i, &value, 4);
            }
        };
    };
    uploader.upload(tensor, 240, 40, fill(3.0F));
    uploader.upload(tensor, 0, 20, fill(2.0F));
    uploader.finish();
    const auto back = downloadFloats(device(), tensor.view());
    for (std::size_t i = 0; i < 100; ++i) {
        EXPECT_EQ(back[i], i < 5 ? 2.0F : i >= 60 && i < 70 ? 3.0F : 1.0F) << i;
    }
}

TEST_P(TransferTest, AStopEndsAnUpload) {
    const Tensor tensor(device(), DType::F32, {8 * 1024 * 1024}, "stopped");
    std::stop_source stop;
    int pieces = 0;
    Uploader uploader(device());
    try {
        uploader.upload(
            tensor, 0, static_cast<std::uint64_t>(tensor.bytes()),
            [&](std::span<std::byte>, std::uint64_t) {
                ++pieces;
                stop.request_stop();
            },
            stop.get_token());
        FAIL() << "went on";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Cancelled);
    }
    EXPECT_EQ(pieces, 1);
}

TEST_P(TransferTest, RefusesToLeaveTheTensor) {
    const Tensor tensor(device(), DType::F32, {10}, "small");
    Uploader uploader(device());
    const auto nothing = [](std::span<std::byte>, std::uint64_t) {};
    EXPECT_THROW(uploader.upload(tensor, 0, 44, nothing), Error);
    EXPECT_THROW(uploader.upload(tensor, 44, 4, nothing), Error);
    EXPECT_THROW(uploader.upload(tensor, 2, 4, nothing), Error);
    EXPECT_THROW(uploadFloats(device(), std::vector<float>(3), {4}, DType::F32, "wrong"), Error);
}

} // namespace
} // namespace phial
