"""Packing changes nothing but the speed: losses and gradients of packed and lone examples agree."""

from functools import partial
from typing import Any

import pytest
import torch

from dartmath.base.errors import TrainingError
from dartmath.prompts.template import load_template
from dartmath.training.attention import with_attention
from dartmath.training.mixture import Mixture, mix
from dartmath.training.pack import Packing, pack
from dartmath.training.probe import check_packing
from dartmath.training.sequences import sequence_rows
from dartmath.training.store import tokenise
from dartmath.training.tokens import IGNORED, Encoder
from training.kernels import use_flash, use_flex
from training.material import examples, write_jsonl

SIZE = {
    "vocab_size": 400,
    "hidden_size": 64,
    "intermediate_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 512,
    "pad_token_id": 2,
}
WINDOW = 24  # shorter than the examples, so that the window matters


def _config(architecture: str) -> Any:
    import transformers as t

    if architecture == "mistral":
        return t.MistralConfig(**SIZE, sliding_window=WINDOW)
    if architecture == "qwen2":
        return t.Qwen2Config(**SIZE, use_sliding_window=True, sliding_window=WINDOW, max_window_layers=1)
    if architecture == "qwen3":
        return t.Qwen3Config(**SIZE, head_dim=16)
    if architecture == "gemma3":
        return t.Gemma3TextConfig(**SIZE, head_dim=16, sliding_window=WINDOW, sliding_window_pattern=2)
    return t.LlamaConfig(**SIZE)


def _model(architecture: str, attention: str) -> Any:
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    load = partial(AutoModelForCausalLM.from_config, _config(architecture), dtype=torch.float32)
    model = with_attention(attention, lambda kernel: load(attn_implementation=kernel))
    for parameter in model.parameters():  # large enough that attention is far from uniform
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.2)
    return model


@pytest.fixture(scope="module")
def mixture(tmp_path_factory: pytest.TempPathFactory, byte_tokenizer: Any) -> Mixture:
    folder = tmp_path_factory.mktemp("exact")
    source = write_jsonl(folder / "rows.jsonl", examples(9))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dartmath.training.store.cache_dir", lambda: folder)
        return mix([tokenise(str(source), Encoder(byte_tokenizer, load_template("qa")))], [1.0], seed=0)


@pytest.fixture(scope="module")
def packing(mixture: Mixture) -> Packing:
    packed = pack(mixture.lengths, 320)
    assert max(len(packed[i]) for i in range(len(packed))) >= 3
    return packed


def _batch(mixture: Mixture, packing: Packing) -> dict[str, Any]:
    """All sequences in one padding-free batch, by the collator that trains."""
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    rows = sequence_rows(mixture, packing, multiple_of=1, filler=1)
    return dict(
        DataCollatorForLanguageModeling(pad_token_id=2, padding_free=True)(
            [rows[i] for i in range(len(rows))]
        )
    )


def _loss_and_gradient(model: Any, inputs: dict[str, Any]) -> tuple[float, torch.Tensor]:
    model.zero_grad()
    labels = inputs["labels"]
    given = {k: v for k, v in inputs.items() if k in ("input_ids", "position_ids")}
    logits = model(**given, use_cache=False).logits[:, :-1]
    loss = torch.nn.functional.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), labels[:, 1:].reshape(-1), ignore_index=IGNORED, reduction="sum"
    )
    loss.backward()
    gradient = torch.cat([p.grad.flatten() for p in model.parameters() if p.grad is not None])
    return loss.item(), gradient.clone()


def _compare(
    model: Any, mixture: Mixture, packing: Packing, *, tolerance: float, first: int | None = None
) -> None:
    """The loss and gradient of (the first) examples in one packed batch, against those they have alone."""
    batch = {name: _to(value, model) for name, value in _batch(mixture, packing).items()}
    order = [int(i) for number in range(len(packing)) for i in packing[number]]
    begin = 0
    for number in order[:first]:
        example = mixture[number]
        end = begin + len(example.ids)
        only = torch.full_like(batch["labels"], IGNORED)
        only[:, begin:end] = batch["labels"][:, begin:end]
        loss, gradient = _loss_and_gradient(model, {**batch, "labels": only})
        alone = {"input_ids": torch.tensor([example.ids]), "labels": torch.tensor([example.labels])}
        moved = {name: _to(value, model) for name, value in alone.items()}
        lone_loss, lone = _loss_and_gradient(model, moved)
        assert loss == pytest.approx(lone_loss, rel=tolerance)
        assert torch.linalg.norm(gradient - lone) <= tolerance * torch.linalg.norm(lone)
        begin = end


def _to(value: Any, model: Any) -> Any:
    return value.to(model.device) if isinstance(value, torch.Tensor) else value


ARCHITECTURES = ["llama", "mistral", "qwen2", "qwen3", "gemma3"]


@pytest.mark.parametrize("attention", ["sdpa", "sdpa_varlen", "eager"])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_each_packed_example_has_the_loss_and_gradient_it_has_alone(
    architecture: str, attention: str, mixture: Mixture, packing: Packing
) -> None:
    _compare(_model(architecture, attention), mixture, packing, tolerance=1e-5)


@pytest.mark.skipif(torch.cuda.is_available(), reason="the next test has the kernels themselves")
@pytest.mark.parametrize(
    "attention", [pytest.param("flex_attention", marks=pytest.mark.slow), "flash_attention_2"]
)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_kernels_of_gpus_are_given_examples_apart(
    architecture: str, attention: str, mixture: Mixture, packing: Packing, monkeypatch: pytest.MonkeyPatch
) -> None:
    if attention == "flex_attention":
        use_flex(monkeypatch)
    else:
        use_flash(monkeypatch, formats=(torch.float32,))
    _compare(_model(architecture, attention), mixture, packing, tolerance=1e-5, first=3)


@pytest.mark.gpu
@pytest.mark.parametrize("attention", ["sdpa", "sdpa_varlen", "eager", "flex_attention", "flash_attention_2"])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_on_a_gpu_every_kernel_keeps_examples_apart(
    architecture: str, attention: str, mixture: Mixture, packing: Packing
) -> None:
    model = _model(architecture, attention).to("cuda")
    if attention == "flash_attention_2":
        pytest.importorskip("flash_attn")
        _compare(model.to(torch.bfloat16), mixture, packing, tolerance=5e-2)
    else:
        _compare(model, mixture, packing, tolerance=1e-4)


@pytest.mark.parametrize("attention", ["sdpa", "sdpa_varlen", "eager"])
def test_a_mask_of_ones_beside_position_ids_would_contaminate(
    attention: str, mixture: Mixture, packing: Packing
) -> None:
    """Why no batch of ours has one: this is the failure that the other tests rule out."""
    model = _model("llama", attention)
    batch = _batch(mixture, packing)
    given = {k: batch[k] for k in ("input_ids", "position_ids")}
    mask = torch.ones_like(batch["input_ids"])
    right = model(**given, use_cache=False).logits
    wrong = model(**given, attention_mask=mask, use_cache=False).logits
    assert (right - wrong).abs().max() > 0.1


def test_batches_have_no_mask_and_positions_that_begin_anew(mixture: Mixture, packing: Packing) -> None:
    batch = _batch(mixture, packing)
    assert "attention_mask" not in batch
    lengths = [int(mixture.lengths[i]) for number in range(len(packing)) for i in packing[number]]
    assert batch["position_ids"].tolist() == [[p for length in lengths for p in range(length)]]


def _seeing_across(model: Any) -> Any:
    """The model as many a library has it, which adds a mask of ones by itself."""

    def score(**given: Any) -> Any:
        return model(**given, attention_mask=torch.ones_like(given["input_ids"]))

    return score


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_probe_passes_models_that_keep_examples_apart_and_finds_those_that_do_not(
    architecture: str, dtype: str
) -> None:
    model = _model(architecture, "sdpa").to(getattr(torch, dtype))
    check_packing(model, "cpu", attention="sdpa", dtype=dtype, score=model)
    with pytest.raises(TrainingError, match="--no-packing"):
        check_packing(model, "cpu", attention="sdpa", dtype=dtype, score=_seeing_across(model))


def test_noise_of_a_kernel_is_no_contamination_and_does_not_hide_it() -> None:
    model, generator = _model("llama", "sdpa"), torch.Generator().manual_seed(0)

    def noisy(score: Any, size: float) -> Any:
        def scored(**given: Any) -> Any:
            found = score(**given)
            found.logits += size * torch.randn(found.logits.shape, generator=generator)
            return found

        return scored

    check_packing(model, "cpu", attention="sdpa", dtype="bfloat16", score=noisy(model, 0.3))
    with pytest.raises(TrainingError, match="change by"):
        check_packing(
            model, "cpu", attention="sdpa", dtype="bfloat16", score=noisy(_seeing_across(model), 0.3)
        )


def test_a_recurrent_model_is_refused_by_the_probe() -> None:
    from transformers import MambaConfig, MambaForCausalLM

    torch.manual_seed(0)
    model = MambaForCausalLM(MambaConfig(vocab_size=400, hidden_size=32, num_hidden_layers=2, state_size=8))
    for parameter in model.parameters():
        if parameter.ndim == 2:
            torch.nn.init.normal_(parameter, std=0.2)
    with pytest.raises(TrainingError, match="mamba model"):
        check_packing(model, "cpu", attention="none", dtype="float32", score=model)
