"""The libraries that exports are for load them, where they are installed.

What a trainer is told is what the command printed. open-instruct and prime-rl are repositories, on the path.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from dartmath.export import ExportSection, export
from dartmath.verify.rewards import verifiers_reward, verl_reward
from export.pool import TRIALS, make_pool
from training.material import write_tiny_llama

pytestmark = pytest.mark.slow
CHATML = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<think>", "</think>", "<tool_call>", "</tool_call>"]
CHATML += ["<tool_response>", "</tool_response>"]
TEMPLATE = "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{{ eos_token }}{% endfor %}"


def exported(
    tmp_path: Path, name: str, suffix: str = ".jsonl", template: str = "chat-boxed"
) -> tuple[Path, str]:
    """The file of an export, and what the program that loads it is told."""
    path = tmp_path / f"rows{suffix}"
    system = None if template == "alpaca" else "Be brief."
    pool = make_pool(tmp_path / "sample", template=template, source="book")
    return path, export(pool, name, path, section=ExportSection(system=system)).usage


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def trained(tokenizer: Any, row: Any, labels: str = "labels") -> str:
    """The text that a loss is taken of."""
    return str(tokenizer.decode([label for label in row[labels] if label != -100]))


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from transformers import AutoTokenizer

    folder = write_tiny_llama(tmp_path_factory.mktemp("llama"))
    made = AutoTokenizer.from_pretrained(folder)
    made.chat_template = TEMPLATE
    made.save_pretrained(folder)
    return made


def test_verl(tmp_path: Path, tokenizer: Any) -> None:
    """Its data set keeps every prompt, and its rows hold what its reward manager gives to our reward."""
    module = pytest.importorskip("verl.utils.dataset.rl_dataset")
    config = pytest.importorskip("omegaconf").OmegaConf.create(
        {
            "cache_dir": str(tmp_path / "cache"),
            "max_prompt_length": 512,
            "filter_overlong_prompts_workers": 1,
            "return_raw_chat": True,
        }
    )
    rows = module.RLHFDataset(
        str(exported(tmp_path, "verl", ".parquet")[0]), tokenizer=tokenizer, config=config
    )
    assert len(rows) == len(TRIALS)
    batch = module.collate_fn([rows[place] for place in range(len(rows))])
    for place, query in enumerate(TRIALS):
        assert query in batch["raw_prompt"][place][-1]["content"]
        truth, source = batch["reward_model"][place]["ground_truth"], batch["data_source"][place]
        about = batch["extra_info"][place]
        scores = [verl_reward(source, f"So \\boxed{{{n}}}.", truth, about)["score"] for n in (42, 41)]
        assert scores == [1.0, 0.0]


class Transform:
    """A tokenizer as torchtune has them: messages become tokens and a mask."""

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer

    def tokenize_messages(self, messages: list[Any]) -> tuple[list[int], list[bool]]:
        tokens: list[int] = []
        mask: list[bool] = []
        for message in messages:
            found = self.tokenizer.encode(message.text_content, add_special_tokens=False)
            tokens, mask = tokens + found, mask + [message.masked] * len(found)
        return tokens, mask

    def __call__(self, sample: dict[str, Any], inference: bool = False) -> dict[str, Any]:
        tokens, mask = self.tokenize_messages(sample.pop("messages"))
        return {**sample, "tokens": tokens, "mask": mask}


def test_torchtune(tmp_path: Path, tokenizer: Any) -> None:
    """Its chat data set masks the prompt and trains on the response."""
    datasets = pytest.importorskip("torchtune.datasets")
    import yaml

    path, usage = exported(tmp_path, "torchtune")
    told = yaml.safe_load(usage)["dataset"]
    maker = getattr(datasets, told.pop("_component_").rpartition(".")[2])
    rows = maker(Transform(tokenizer), **told, cache_dir=str(tmp_path / "cache"))
    assert len(rows) == len(lines(path)) > 0
    for row, one in zip((rows[place] for place in range(len(rows))), lines(path), strict=True):
        kept = [token for token, label in zip(row["tokens"], row["labels"], strict=True) if label != -100]
        response = tokenizer.encode(one["messages"][-1]["content"], add_special_tokens=False)
        assert tokenizer.decode(kept) == tokenizer.decode(response)


def test_torchtune_pairs(tmp_path: Path, tokenizer: Any) -> None:
    datasets = pytest.importorskip("torchtune.datasets")
    path, _ = exported(tmp_path, "preference-conversations")
    rows = datasets.preference_dataset(
        Transform(tokenizer),
        source="json",
        data_files=str(path),
        split="train",
        cache_dir=str(tmp_path / "cache"),
    )
    (one,) = lines(path)
    for side in ("chosen", "rejected"):
        response = tokenizer.encode(one[side][-1]["content"], add_special_tokens=False)
        assert trained(tokenizer, rows[0], f"{side}_labels") == tokenizer.decode(response)


def axolotl_rows(tmp_path: Path, tokenizer: Any, told: str, **more: Any) -> list[dict[str, Any]]:
    """The rows of the file that the configuration `told` names, as Axolotl prepares them."""
    sft = pytest.importorskip("axolotl.utils.data.sft")
    rl = pytest.importorskip("axolotl.utils.data.rl")
    import yaml
    from axolotl.utils.dict import DictDefault

    fixed = {"sequence_len": 512, "dataset_num_proc": 1, "seed": 1, "val_set_size": 0, "num_epochs": 1}
    steps = {"micro_batch_size": 1, "gradient_accumulation_steps": 1, "batch_size": 1}
    made = {
        "dataset_prepared_path": str(tmp_path / "prepared"),
        "tokenizer_config": tokenizer.name_or_path,
    }
    config = DictDefault({**yaml.safe_load(told), **fixed, **steps, **made, **more})
    prepare = rl.prepare_preference_datasets if config.rl else sft.prepare_datasets
    return list(prepare(config, tokenizer)[0])


@pytest.mark.parametrize("template", ["chat-boxed", "alpaca"])
def test_axolotl(tmp_path: Path, tokenizer: Any, template: str) -> None:
    """It trains on the response alone, and asks as the run was sampled."""
    path, usage = exported(tmp_path, "axolotl", template=template)
    rows = axolotl_rows(tmp_path, tokenizer, usage)
    assert len(rows) == len(lines(path)) > 0
    for row, one in zip(rows, lines(path), strict=True):
        text = template == "alpaca"
        prompt = one["segments"][0]["text"] if text else one["messages"][1]["content"]
        response = one["segments"][1]["text"] if text else one["messages"][-1]["content"]
        assert prompt in tokenizer.decode(row["input_ids"])
        assert trained(tokenizer, row).removesuffix(tokenizer.eos_token) == response


def test_axolotl_pairs(tmp_path: Path, tokenizer: Any) -> None:
    path, usage = exported(tmp_path, "preference")
    (row,) = axolotl_rows(tmp_path, tokenizer, usage)
    (one,) = lines(path)
    assert one["prompt"][1]["content"] in row["prompt"]
    for side in ("chosen", "rejected"):
        assert row[side].removesuffix(tokenizer.eos_token) == one[side][0]["content"]


def test_axolotl_steps(tmp_path: Path, tokenizer: Any) -> None:
    """A label stands at the end of every step."""
    path, usage = exported(tmp_path, "stepwise", template="alpaca")
    rows = axolotl_rows(tmp_path, tokenizer, usage, process_reward_model=True)
    assert len(rows) == len(lines(path))
    for row, one in zip(rows, lines(path), strict=True):
        assert [label for label in row["labels"] if label != -100] == [int(right) for right in one["labels"]]


@pytest.mark.parametrize(
    ("name", "stage"),
    [("llama-factory", "sft"), ("llama-factory-preference", "rm"), ("llama-factory-kto", "kto")],
)
def test_llama_factory(tmp_path: Path, tokenizer: Any, name: str, stage: Any, monkeypatch: Any) -> None:
    """It keeps every row, under the entry of `dataset_info.json` that the command prints."""
    monkeypatch.setenv("DISABLE_VERSION_CHECK", "1")
    data = pytest.importorskip("llamafactory.data")
    from llamafactory.hparams import DataArguments, ModelArguments
    from transformers import Seq2SeqTrainingArguments

    path, usage = exported(tmp_path, name)
    (tmp_path / "dataset_info.json").write_text(usage.partition(": ")[2], encoding="utf-8")
    told = DataArguments(
        template="default", dataset="rows", dataset_dir=str(tmp_path), cutoff_len=512, overwrite_cache=True
    )
    template = data.get_template_and_fix_tokenizer(tokenizer, told)
    model = ModelArguments(model_name_or_path="none", cache_dir=str(tmp_path / "cache"))
    training = Seq2SeqTrainingArguments(output_dir=str(tmp_path / "out"), use_cpu=True)
    found = data.get_dataset(template, model, told, training, stage=stage, tokenizer=tokenizer)[
        "train_dataset"
    ]
    written = lines(path)
    assert len(found) == len(written) > 0
    for row, one in zip(found, written, strict=True):
        if stage == "rm":
            assert one["chosen"]["content"] in trained(tokenizer, row, "chosen_labels")
            assert one["rejected"]["content"] in trained(tokenizer, row, "rejected_labels")
            continue
        assert one["messages"][-1]["content"] in trained(tokenizer, row)
        assert one["messages"][0]["content"] in tokenizer.decode(row["input_ids"])
        assert row.get("kto_tags", one.get("label")) == one.get("label")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("open-instruct", "sft_tulu"),
        ("preference-conversations", "preference_tulu"),
        ("open-instruct-rlvr", "rlvr"),
    ],
)
def test_open_instruct(tmp_path: Path, tokenizer: Any, name: str, kind: str, monkeypatch: Any) -> None:
    """Its mixer keeps every row through the transformations of its own scripts."""
    module = pytest.importorskip("open_instruct.dataset_transformation")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    path, usage = exported(tmp_path, name)
    limited: list[dict[str, Any]] = [{"max_seq_length": 512}, {}]
    args = [{}, {"max_prompt_token_length": 512}] if kind == "rlvr" else limited
    steps = ["rlvr_tokenize_v1", "rlvr_max_length_filter_v1"]
    if kind != "rlvr":
        steps = [f"{kind}_tokenize_and_truncate_v1", f"{kind}_filter_v1"]
    (config,) = module.load_dataset_configs(usage.split()[1:], ["train"], steps, args)
    settings = {
        "tokenizer_name_or_path": tokenizer.name_or_path,
        "get_tokenizer_fn": "get_tokenizer_simple_v1",
    }
    rows = module.get_dataset_v1(config, module.TokenizerConfig(**settings))
    written = lines(path)
    assert len(rows) == len(written) > 0
    sides = {"sft_tulu": {"messages": "labels"}, "rlvr": {}}.get(
        kind, {"chosen": "chosen_labels", "rejected": "rejected_labels"}
    )
    for row, one in zip(rows, written, strict=True):
        for side, column in sides.items():
            assert one[side][-1]["content"] in trained(tokenizer, row, column)
            assert one[side][-2]["content"] not in trained(tokenizer, row, column)
        if kind == "rlvr":
            assert (row["ground_truth"], row["dataset"]) == ([one["ground_truth"]], ["math"])
            assert one["messages"][-1]["content"] in tokenizer.decode(row["input_ids_prompt"])


@pytest.mark.parametrize("name", ["messages", "prompt-completion"])
def test_prime_rl(tmp_path: Path, tokenizer: Any, name: str) -> None:
    """Its data set of fine-tuning makes a sample of every row, with a loss on the response alone."""
    data = pytest.importorskip("prime_rl.trainer.sft.data")
    renderers = pytest.importorskip("renderers")

    path, _ = exported(tmp_path, name, ".jsonl")
    folder = tmp_path / "set"
    folder.mkdir()
    path.rename(folder / "train.jsonl")
    config = data.SFTDataConfig(name=str(folder), seq_len=512, shuffle=False)
    tokenizer = copy.deepcopy(tokenizer)
    tokenizer.add_special_tokens({"additional_special_tokens": CHATML})
    renderer = renderers.create_renderer(tokenizer, renderers.Qwen3RendererConfig())
    found = list(data.setup_dataset(tokenizer, config, max_epochs=1, renderer=renderer))
    written = lines(folder / "train.jsonl")
    assert len(found) == len(written) > 0
    for row, one in zip(found, written, strict=True):
        kept = [id for id, on in zip(row["target_ids"], row["loss_mask"], strict=True) if on]
        response = (one.get("messages") or one["completion"])[-1]["content"]
        assert response in tokenizer.decode(kept)
        assert (one.get("messages") or one["prompt"])[1]["content"] not in tokenizer.decode(kept)


def test_verifiers_environments(tmp_path: Path) -> None:
    """verifiers 0.1: an environment of the rows, whose rubric is our reward."""
    vf = pytest.importorskip("verifiers")
    if not hasattr(vf, "SingleTurnEnv"):
        pytest.skip("verifiers from 0.4 on has tasks: see the next test")
    import asyncio

    from datasets import load_dataset

    path, _ = exported(tmp_path, "verifiers")
    rows = load_dataset("json", data_files=str(path), split="train", cache_dir=str(tmp_path / "cache"))
    env = vf.SingleTurnEnv(dataset=rows, rubric=vf.Rubric(funcs=[verifiers_reward]))
    prepared = list(env.get_dataset())
    assert [row["prompt"] for row in prepared] == [one["prompt"] for one in lines(path)]
    for n, reward in ((42, 1.0), (41, 0.0)):
        state = asyncio.run(env.init_state(prepared[0], client=vf.ClientConfig(), model="none"))
        assert state["info"]["pass_rate"] == 0.25, "the text has become what it says"
        state["completion"] = [{"role": "assistant", "content": f"So \\boxed{{{n}}}."}]
        asyncio.run(env.rubric.score_rollout(state))
        assert state["reward"] == reward


def test_verifiers_tasks(tmp_path: Path) -> None:
    """verifiers from 0.4 on: a row is the data of a task, which asks what the row says."""
    task = pytest.importorskip("verifiers.v1.task")
    if not hasattr(task, "TaskData"):
        pytest.skip("verifiers before 0.4 has environments: see the test before")
    path, _ = exported(tmp_path, "verifiers")

    class Row(task.TaskData):  # type: ignore[misc, name-defined]
        answer: str
        info: str

    for one in lines(path):
        data = Row(**one)
        assert [(m.role, m.content) for m in data.prompt] == [
            (m["role"], m["content"]) for m in one["prompt"]
        ]
        assert verifiers_reward(completion="So \\boxed{42}.", answer=data.answer) == 1.0


def test_openai(tmp_path: Path) -> None:
    """Its types hold every message, with no key besides."""
    chat = pytest.importorskip("openai.types.chat")
    from pydantic import TypeAdapter

    said: Any = TypeAdapter(list[chat.ChatCompletionMessageParam])  # type: ignore[name-defined]
    for one in lines(exported(tmp_path, "openai")[0]):
        assert said.validate_python(one["messages"], strict=True) == one["messages"]
    for one in lines(exported(tmp_path / "pairs", "openai-preference")[0]):
        for messages in (one["input"]["messages"], one["preferred_output"], one["non_preferred_output"]):
            assert said.validate_python(messages, strict=True) == messages
