"""The English verbs that demands begin with: in English nothing in the word itself tells a verb from a noun."""

ENGLISH_VERBS = frozenset(
    """
    abandon abide abolish abstain accelerate accept accord account acknowledge act adapt address adhere adopt advance afford agree
    allocate allow amend announce annul answer apologise apologize appeal apply appoint approve arrange ask assess assist assure attend
    authorise authorize avoid award ban be begin bring broaden build call cancel carry cease challenge change charge check clarify
    clear close collect combat commission commit commute compensate complete comply conduct confirm consider consult continue convert
    convey cooperate correct create criminalise criminalize deal declare decline decriminalise decriminalize defend define delay
    deliver demand demonstrate denounce deny desist develop direct disband discard disclose discontinue dismiss dismantle dissolve
    distribute divulge do draft draw drop ease eliminate embrace enable enact encourage end endorse enforce engage enhance ensure
    enter establish evacuate evaluate examine exclude exempt exercise exert exhume exonerate expand expedite explain express extend
    facilitate fight find fix follow forbid forgo free freeze fulfil get fulfill fund give grant guarantee halt hand have hear heed help hold honor
    honour identify implement improve include increase inform initiate insist instruct integrate intensify intercede intervene
    introduce invalidate investigate invite issue join keep launch lead learn leave let legislate lift limit listen locate lower maintain make
    mandate meet mitigate modify monitor move negotiate notify nullify observe obtain offer open oppose order organise organize
    overturn pardon participate pass pause pay permit persuade place plan postpone preserve press prevent prioritise prioritize
    proceed prohibit promote promulgate pronounce propose prosecute protect prove provide publish pull pursue push put quash raise
    ratify reach reaffirm recall recognise recognize recommend reconsider reconvene reduce reexamine refer reform refrain refuse reimburse
    reinforce reinstate reject relax release relocate remand remedy remove reopen repeal replace report repudiate request require
    rescind rescue reset resist resolve respect respond restore restrain resume retract retry return reunite reveal reverse review revise
    revisit revoke safeguard sanction save scrap see seek send separate set settle share show shut sign speak speed spare stand start
    state step stop strengthen strike submit support suspend sustain take tell thank terminate trace transfer treat try turn uncover
    undertake uphold urge use vacate veto void vote waive warn welcome withdraw withhold work write
    """.split()  # noqa: SIM905  # forty lines of quotation marks would hide the list
)
